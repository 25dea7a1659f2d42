import { FileKeys, fingerprint } from '../service/keys/file-keys.ts'
import type { KeyStore } from '../service/keys/key-store.ts'
import { tableText } from './table.ts'

/** What anybody may know of a key store. */
export interface PublicKeys {
  /** Address of the operator's key. */
  readonly operator: string
  readonly sealing: readonly { readonly version: number; readonly fingerprint: string; readonly made: string }[]
}

export function publicKeys(store: KeyStore): PublicKeys {
  return {
    operator: new FileKeys(store).operator,
    sealing: store.sealing.map(({ version, key, made }) => ({ version, fingerprint: fingerprint(key), made })),
  }
}

export function publicKeysText({ operator, sealing }: PublicKeys): string {
  const rows = sealing.map(({ version, fingerprint, made }) => [`${version}`, fingerprint, made])
  return `operator ${operator}\n${tableText(['sealing key', 'fingerprint', 'made'], rows)}`
}

import { FileKeys, fingerprint } from '../service/keys/file-keys.ts'
import type { KeyStore } from '../service/keys/key-store.ts'
import { tableText } from './table.ts'

/** What anybody may know of a key store. */
export interface PublicKeys {
  /** Addresses of the operator's keys, in the order in which they came. */
  readonly operators: readonly string[]
  /** Of those who pay; the newest sends. */
  readonly gas: readonly string[]
  /** The public key of Ed25519 that the log is signed with, base64. */
  readonly log: string
  readonly sealing: readonly { readonly version: number; readonly fingerprint: string; readonly made: string }[]
}

export function publicKeys(store: KeyStore): PublicKeys {
  if ('token' in store) {
    return {
      operators: store.operators.map(({ address }) => address),
      gas: store.gas.map(({ address }) => address),
      log: Buffer.from(store.log.publicKey, 'hex').toString('base64'),
      sealing: store.sealing.map(({ version, id, made }) => ({ version, fingerprint: id, made })),
    }
  }
  const { operators, gas, log } = new FileKeys(store)
  return {
    operators,
    gas,
    log: Buffer.from(log.publicKey).toString('base64'),
    sealing: store.sealing.map(({ version, key, made }) => ({ version, fingerprint: fingerprint(key), made })),
  }
}

export function publicKeysText({ operators, gas, log, sealing }: PublicKeys): string {
  const rows = sealing.map(({ version, fingerprint, made }) => [`${version}`, fingerprint, made])
  const payers = gas.length === 0 ? '' : `gas ${gas.join(', ')}\n`
  return `operator ${operators.join(', ')}\n${payers}log ${log}\n${tableText(['sealing key', 'fingerprint', 'made'], rows)}`
}

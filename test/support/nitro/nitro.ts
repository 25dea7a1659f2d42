import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { sha256 } from '../../../service/jobs/digest.ts'
import { cbor, type Item } from './cbor-writer.ts'
import { certificate, type NewCertificate, p384 } from './certificate-writer.ts'

/** The names of the certificates of a chain, from the root down. */
export const NAMES = ['root', 'region', 'zone', 'instance', 'enclave'] as const
export type Name = (typeof NAMES)[number]
type Keys = Readonly<Record<Name, KeyObject>>

export const PCR0 = '0a'.repeat(48)
const PCR1 = '0b'.repeat(48)

/** What of a document is otherwise than it should be. */
export interface Changes {
  readonly certificates?: Partial<Record<Name, Partial<NewCertificate>>>
  /** What stands in the document in place of the chain's certificates. */
  readonly cabundle?: (authorities: readonly Buffer[]) => readonly Buffer[]
  readonly certificate?: Buffer
  /** undefined takes a field away. */
  readonly fields?: Readonly<Record<string, Item | undefined>>
  readonly header?: Item
  readonly others?: Item
  /** Signs the document. */
  readonly key?: KeyObject
}

/** Keys of a hypervisor and all above it, made for a test, with the documents that it signs; `keys` and `first`, the root's certificate, of one that was made before. */
export function nitro({ now = Date.now(), keys: given, first }: { now?: number; keys?: Keys; first?: Buffer } = {}) {
  const pairs = NAMES.map((name) => [name, given?.[name] ?? p384().privateKey] as const)
  const keys = Object.fromEntries(pairs) as Record<Name, KeyObject>
  const chain = (changes: Changes['certificates'] = {}) => {
    return NAMES.map((subject, i) => {
      const issuer = NAMES[Math.max(0, i - 1)]!
      const isAuthority = subject !== 'enclave'
      // As AWS has them: a root without bound, and then as many as follow.
      const pathLength = isAuthority && i > 0 ? NAMES.length - 2 - i : undefined
      const honest = {
        subject,
        issuer,
        now,
        isAuthority,
        pathLength,
        key: publicOf(keys[subject]),
        signWith: keys[issuer],
      }
      return certificate({ ...honest, ...changes[subject] })
    })
  }
  const own = [first ?? chain()[0]!, ...chain().slice(1)]
  const root = sha256(own[0]!).toString('hex')
  return {
    ...{ keys, now, root, chain: own },
    policy: {
      root,
      seconds: 3_600,
      images: [
        {
          name: 'release 1',
          pcrs: new Map([
            [0, PCR0],
            [1, PCR1],
          ]),
        },
      ],
    },
    document(asked: { readonly nonce: Uint8Array; readonly publicKey: Uint8Array }, changes: Changes = {}): Buffer {
      const made = chain(changes.certificates)
      // Only who is the root can have it changed, which is then another root.
      const authorities = [changes.certificates?.root ? made[0]! : own[0]!, ...made.slice(1, -1)]
      const fields: Readonly<Record<string, Item | undefined>> = {
        module_id: 'i-0123456789abcdef0-enc0123456789abcdef',
        timestamp: now,
        digest: 'SHA384',
        pcrs: new Map([
          [0, hex(PCR0)],
          [1, hex(PCR1)],
          [2, hex('0c'.repeat(48))],
        ]),
        certificate: changes.certificate ?? made.at(-1)!,
        cabundle: changes.cabundle?.(authorities) ?? authorities,
        public_key: asked.publicKey,
        user_data: null,
        nonce: asked.nonce,
        ...changes.fields,
      }
      const given = Object.entries(fields).filter((entry): entry is [string, Item] => entry[1] !== undefined)
      const head = cbor(changes.header ?? new Map([[1, -35]]))
      const payload = cbor(new Map(given))
      const signed = cbor(['Signature1', head, new Uint8Array(), payload])
      const key = { key: changes.key ?? keys.enclave, dsaEncoding: 'ieee-p1363' } as const
      return cbor([head, changes.others ?? new Map(), payload, sign('sha384', signed, key)])
    },
  }
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex')
}

function publicOf(key: KeyObject): KeyObject {
  return createPublicKey(key)
}

import { type Cbor, type CborMap, decodeCbor, isList, isMap } from './cbor.ts'
import type { Chain } from './chain.ts'
import { malformed } from './refused.ts'

/** What the hypervisor of an AWS Nitro enclave says of it. */
export interface AttestationDocument {
  /** When it was made: unix milliseconds. */
  readonly timestamp: number
  /** Measurements of the enclave, 48 bytes each, by the number of their register. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>
  readonly chain: Chain
  /** What the enclave had put in, for whoever asked. */
  readonly publicKey: Uint8Array | undefined
  readonly nonce: Uint8Array | undefined
}

const NAMED = ['module_id', 'timestamp', 'digest', 'pcrs', 'certificate', 'cabundle']
const OPTIONAL = ['public_key', 'user_data', 'nonce']
const DIGEST = 'SHA384'
const PCR_BYTES = 48
const MOST_PCRS = 32n

/** The document in a payload, as AWS specifies it. Throws AttestationRefused, MALFORMED, for any other. */
export function decodeDocument(payload: Uint8Array): AttestationDocument {
  const fields = decodeCbor(payload)
  if (!isMap(fields)) throw malformed('its payload is no document')
  const names = [...fields.keys()]
  if (names.some((name) => typeof name !== 'string' || ![...NAMED, ...OPTIONAL].includes(name))) {
    throw malformed('it has a field that a document does not have')
  }
  const [timestamp, authorities] = [fields.get('timestamp'), fields.get('cabundle')]
  if (typeof fields.get('module_id') !== 'string') throw malformed('its module_id is no text')
  if (fields.get('digest') !== DIGEST) throw malformed(`its digest is not ${DIGEST}`)
  if (typeof timestamp !== 'bigint' || timestamp < 0n) throw malformed('its timestamp is no time')
  if (!isList(authorities)) throw malformed('its cabundle is no list')
  optional(fields, 'user_data')
  return {
    timestamp: Number(timestamp),
    pcrs: pcrsOf(fields.get('pcrs')),
    chain: {
      authorities: authorities.map((one) => bytesOf(one, 'cabundle')),
      last: bytesOf(fields.get('certificate'), 'certificate'),
    },
    publicKey: optional(fields, 'public_key'),
    nonce: optional(fields, 'nonce'),
  }
}

function pcrsOf(item: Cbor | undefined): ReadonlyMap<number, Uint8Array> {
  if (!isMap(item) || item.size === 0) throw malformed('it has no pcrs')
  return new Map(
    [...item].map(([index, value]) => {
      if (typeof index !== 'bigint' || index < 0n || index >= MOST_PCRS) throw malformed('a pcr has no number')
      const bytes = bytesOf(value, 'pcrs')
      if (bytes.length !== PCR_BYTES) throw malformed(`a pcr has not ${PCR_BYTES} bytes`)
      return [Number(index), bytes]
    }),
  )
}

function bytesOf(item: Cbor | undefined, name: string): Uint8Array {
  if (item instanceof Uint8Array) return item
  throw malformed(`its ${name} is no bytes`)
}

/** What is not given is null, or not there. */
function optional(fields: CborMap, name: string): Uint8Array | undefined {
  const item = fields.get(name)
  return item === null || item === undefined ? undefined : bytesOf(item, name)
}

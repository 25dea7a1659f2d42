import { FIELD_BYTES } from '../circuits/input-schema.ts'
import { FIELD } from '../protocol/numbers.ts'

/**
 * The bytes of a .wtns file, version 2: section 1 holds element size, prime and count, section 2 the elements. The witness
 * is 32-byte little-endian field elements, entry 0 being 1.
 */
export function witnessFile(witness: Uint8Array): Uint8Array {
  const headerBytes = 4 + FIELD_BYTES + 4
  const file = new Uint8Array(12 + 12 + headerBytes + 12 + witness.length)
  const view = new DataView(file.buffer)
  let at = 0
  const u32 = (value: number) => {
    view.setUint32(at, value, true)
    at += 4
  }
  const section = (type: number, bytes: number) => {
    u32(type)
    view.setBigUint64(at, BigInt(bytes), true)
    at += 8
  }
  for (const character of 'wtns') file[at++] = character.charCodeAt(0)
  u32(2)
  u32(2)
  section(1, headerBytes)
  u32(FIELD_BYTES)
  for (let word = 0; word < 4; word++, at += 8) view.setBigUint64(at, FIELD >> BigInt(64 * word), true)
  u32(witness.length / FIELD_BYTES)
  section(2, witness.length)
  file.set(witness, at)
  return file
}

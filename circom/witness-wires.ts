import { FIELD_BYTES } from '../circuits/input-schema.ts'

/** The witness as numbers. */
export function wires(witness: Uint8Array): bigint[] {
  const view = new DataView(witness.buffer, witness.byteOffset, witness.byteLength)
  return Array.from({ length: witness.length / FIELD_BYTES }, (_, index) => wireAt(view, index))
}

/** Entries `from` (inclusive) to `to` (exclusive) of the witness. */
export function wireRange(witness: Uint8Array, from: number, to: number): bigint[] {
  return wires(witness.subarray(from * FIELD_BYTES, to * FIELD_BYTES))
}

function wireAt(view: DataView, index: number): bigint {
  let value = 0n
  for (let word = 3; word >= 0; word--) value = (value << 64n) | view.getBigUint64(index * FIELD_BYTES + 8 * word, true)
  return value
}

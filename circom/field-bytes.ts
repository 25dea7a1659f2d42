/** Writes canonical field elements one after another, 32 bytes each, least significant byte first. */
export function toBytes(values: readonly bigint[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 32)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) {
    if (value === 0n) continue
    for (let word = 0; word < 4; word++) {
      view.setBigUint64(32 * index + 8 * word, BigInt.asUintN(64, value >> BigInt(64 * word)), true)
    }
  }
  return bytes
}

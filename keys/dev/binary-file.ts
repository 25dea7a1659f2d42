import type { FileHandle } from 'node:fs/promises'

/** How one of snarkjs's binary files begins: its four-letter type, its version and how many sections follow. */
export function fileHeader(type: 'zkey' | 'ptau', sections: number): Uint8Array {
  return Buffer.concat([new TextEncoder().encode(type), u32(1, sections)])
}

/** How a section begins: its number and its size. */
export function sectionHeader(id: number, bytes: number): Uint8Array {
  const header = new DataView(new ArrayBuffer(12))
  header.setUint32(0, id, true)
  header.setBigUint64(4, BigInt(bytes), true)
  return new Uint8Array(header.buffer)
}

/** Writes one section: `bytes` must be the sum of its parts' sizes. */
export async function writeSection(
  file: FileHandle,
  id: number,
  bytes: number,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  await file.writeFile(sectionHeader(id, bytes))
  for await (const part of parts) await file.writeFile(part)
}

/** Unsigned 32-bit integers, least significant byte first. */
export function u32(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value, true)
  return new Uint8Array(view.buffer)
}

import type { FileHandle } from 'node:fs/promises'

/** Opens one of snarkjs's binary files: its four-letter type, its version and how many sections follow. */
export async function writeFileHeader(file: FileHandle, type: 'zkey' | 'ptau', sections: number): Promise<void> {
  await file.writeFile(Buffer.concat([new TextEncoder().encode(type), u32(1, sections)]))
}

/** Writes one section, whose size stands before its parts: `bytes` must be the sum of theirs. */
export async function writeSection(
  file: FileHandle,
  id: number,
  bytes: number,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const header = new DataView(new ArrayBuffer(12))
  header.setUint32(0, id, true)
  header.setBigUint64(4, BigInt(bytes), true)
  await file.writeFile(new Uint8Array(header.buffer))
  for await (const part of parts) await file.writeFile(part)
}

/** Unsigned 32-bit integers, least significant byte first. */
export function u32(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value, true)
  return new Uint8Array(view.buffer)
}

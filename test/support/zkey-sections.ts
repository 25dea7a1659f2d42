import { readFile } from 'node:fs/promises'

/** The sections of one of snarkjs's binary files by number, as hexadecimal text. */
export async function fileSections(path: string): Promise<Map<number, string>> {
  const bytes = await readFile(path)
  const sections = new Map<number, string>()
  for (let at = 12; at < bytes.length; ) {
    const start = at + 12
    const end = start + Number(bytes.readBigUInt64LE(at + 4))
    sections.set(bytes.readUInt32LE(at), bytes.toString('hex', start, end))
    at = end
  }
  return sections
}

import type { FileHandle } from 'node:fs/promises'
import { ZkclearError } from '../../protocol/errors.ts'

/** A part of one of snarkjs's binary files, in bytes from the file's beginning. */
export interface Section {
  readonly start: number
  readonly length: number
}

const MAX_SECTIONS = 32

/**
 * The sections of a .zkey or .ptau file by number. Strict where snarkjs is not: no section twice, none beyond the end, no
 * bytes after the last. Throws CEREMONY_INVALID.
 */
export async function readSections(
  file: FileHandle,
  { type, version, path }: { type: 'zkey' | 'ptau'; version: number; path: string },
): Promise<ReadonlyMap<number, Section>> {
  const { size } = await file.stat()
  const head = await readBytes(file, 0, Math.min(12, size))
  if (head.length < 12 || head.toString('latin1', 0, 4) !== type) throw malformed(path, `does not begin with "${type}"`)
  if (head.readUInt32LE(4) !== version) throw malformed(path, `has format ${head.readUInt32LE(4)}, not ${version}`)
  const count = head.readUInt32LE(8)
  if (count > MAX_SECTIONS) throw malformed(path, `has ${count} sections`)
  const sections = new Map<number, Section>()
  let at = 12
  for (let left = count; left > 0; left--) {
    if (at + 12 > size) throw malformed(path, 'ends inside its list of sections')
    const entry = await readBytes(file, at, 12)
    const [id, length] = [entry.readUInt32LE(0), Number(entry.readBigUInt64LE(4))]
    if (at + 12 + length > size) throw malformed(path, `ends inside section ${id}`)
    if (sections.has(id)) throw malformed(path, `has section ${id} twice`)
    sections.set(id, { start: at + 12, length })
    at += 12 + length
  }
  if (at !== size) throw malformed(path, 'has bytes after its last section')
  return sections
}

/** Exactly `length` bytes from `position`. */
export async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  if (bytesRead !== length) throw new Error(`read ${bytesRead} of ${length} bytes at ${position}`)
  return bytes
}

/** CEREMONY_INVALID: a file of a ceremony is not what it should be. */
export function malformed(path: string, what: string): ZkclearError {
  return new ZkclearError('CEREMONY_INVALID', `${what}; fetch the file again from whoever made it`, { path })
}

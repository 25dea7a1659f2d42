import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'

/** Works in a fresh folder, which is deleted at the end. Throws OUTPUT_UNWRITABLE if there can be none. */
export async function inTemporaryDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'zkclear-audit-')).catch((cause) => {
    const message = `no folder can be made there to work in (${cause.code}); set TMPDIR to another one`
    throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path: tmpdir(), cause })
  })
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

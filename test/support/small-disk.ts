import { execFileSync } from 'node:child_process'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** What is written at once until nothing fits any more, in bytes: down to a page. */
const PIECES = [1 << 20, 1 << 12]

/**
 * A disk of so many bytes, at a folder that is made: a file system in memory, for which this has to be root. It is taken away when it goes
 * out of scope, with all that is on it.
 */
export async function smallDisk(folder: string, bytes: number) {
  await mkdir(folder, { mode: 0o711 })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0711`, 'tmpfs', folder])
  const filling = join(folder, 'filling')
  return {
    /** Leaves not a page free. */
    async fill() {
      await using file = await open(filling, 'a', 0o600)
      for (const length of PIECES) {
        const piece = Buffer.alloc(length)
        while (await fits(file.write(piece)));
      }
    },
    /** Takes away what filled it. */
    makeRoom: () => rm(filling),
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['--lazy', folder])
    },
  }
}

/** Whether it was written as a whole. */
async function fits(writing: Promise<{ readonly bytesWritten: number; readonly buffer: Buffer }>): Promise<boolean> {
  try {
    const { bytesWritten, buffer } = await writing
    return bytesWritten === buffer.length
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { ZkclearError } from '../../protocol/errors.ts'

export interface HashOptions {
  signal?: AbortSignal | undefined
  /** Called with the fraction of the file that was read. */
  onShare?: ((share: number) => void) | undefined
}

/** The hash of a file in hex, and its size in bytes. Throws FILE_UNREADABLE, ABORTED. */
export async function hashFile(
  algorithm: 'sha256' | 'blake2b512',
  path: string,
  { signal, onShare }: HashOptions = {},
): Promise<{ hash: string; bytes: number }> {
  const hash = createHash(algorithm)
  let bytes = 0
  try {
    const { size } = await stat(path)
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) })) {
      hash.update(chunk)
      bytes += chunk.length
      onShare?.(bytes / size)
    }
    return { hash: hash.digest('hex'), bytes }
  } catch (cause) {
    if (signal?.aborted) throw new ZkclearError('ABORTED', `reading ${path} was aborted`, { cause })
    const { code } = cause as NodeJS.ErrnoException
    throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${code}); check the path`, { path, cause })
  }
}

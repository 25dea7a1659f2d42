import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { type CachedResult, cacheText, parseCache } from '../audit/result-cache.ts'
import { openOutputFile } from './output-file.ts'
import { readText } from './read-file.ts'

/** The result of an equal audit before; undefined if there is none, or a file that shows a finding of it is gone or another. */
export async function cachedResult(path: string, key: string): Promise<CachedResult | undefined> {
  const result = (await readCache(path)).get(key)
  if (result === undefined) return undefined
  for (const file of Object.values(result.files).flat()) {
    if (!existsSync(file) || (await digestOf(file)) !== result.digests[file]) return undefined
  }
  return result
}

/**
 * Keeps a result, unless the audit stopped early or a search ran out of time: the same audit may come to more with more of it.
 * It names signals, and files with private values: only its owner reads it. Throws OUTPUT_UNWRITABLE.
 */
export async function keepResult(path: string, key: string, { report, files }: Omit<CachedResult, 'digests'>) {
  if (report.stopped !== undefined || report.ranOutOfTime) return
  const digests: Record<string, string> = {}
  for (const file of Object.values(files).flat()) digests[file] = await digestOf(file)
  await using file = await openOutputFile(path, { isPrivate: true })
  await file.commit(cacheText(await readCache(path), key, { report, files, digests }))
}

async function readCache(path: string) {
  return existsSync(path) ? parseCache(await readText(path, 'json')) : new Map<string, CachedResult>()
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

import { existsSync } from 'node:fs'
import { type CachedResult, cacheText, parseCache } from '../audit/result-cache.ts'
import { openOutputFile } from './output-file.ts'
import { readText } from './read-file.ts'

/** The result of an equal audit before; undefined if there is none, or a file that shows a finding of it is gone. */
export async function cachedResult(path: string, key: string): Promise<CachedResult | undefined> {
  const result = (await readCache(path)).get(key)
  return result !== undefined &&
    Object.values(result.files)
      .flat()
      .every((file) => existsSync(file))
    ? result
    : undefined
}

/** Keeps a result. It names signals, and files with private values: only its owner reads it. Throws OUTPUT_UNWRITABLE. */
export async function keepResult(path: string, key: string, result: CachedResult): Promise<void> {
  await using file = await openOutputFile(path, { isPrivate: true })
  await file.commit(cacheText(await readCache(path), key, result))
}

async function readCache(path: string) {
  return existsSync(path) ? parseCache(await readText(path, 'json')) : new Map<string, CachedResult>()
}

import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { makeFolders } from '../circom/make-folders.ts'
import { checkFiles, digestFiles } from './file-digests.ts'

export interface Part<T> {
  /** Path of the record, which is there once the part is finished: what came of it, and the sums of its files. */
  readonly record: string
  /** The part's own folder, empty when `make` begins; and its files. */
  readonly folder: string
  readonly files: Readonly<Record<string, string>>
  /** What `make` returns, as JSON holds it. */
  readonly result: z.ZodType<T>
  readonly make: () => Promise<T>
}

/** Makes a part of a directory, unless it was finished before and is as it was then. */
export async function finished<T>({ record, folder, files, result, make }: Part<T>): Promise<T> {
  const found = await readRecord(record, folder, files, result)
  if (found !== undefined) return found.result
  await rm(record, { force: true })
  await rm(folder, { recursive: true, force: true })
  await makeFolders(folder)
  const made = await make()
  await writeFile(`${record}.new`, JSON.stringify({ files: await digestFiles(folder, files), result: made }))
  await rename(`${record}.new`, record)
  return made
}

async function readRecord<T>(record: string, folder: string, files: Part<T>['files'], result: z.ZodType<T>) {
  const digest = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string() })
  const schema = z.strictObject({ files: z.record(z.enum(Object.values(files)), digest), result })
  try {
    const read = schema.parse(JSON.parse(await readFile(record, 'utf8')))
    await checkFiles(folder, files, read.files)
    return read
  } catch {
    return undefined
  }
}

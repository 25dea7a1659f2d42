import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ZkclearError } from '../protocol/errors.ts'
import { loadService } from './load-service.ts'
import { readSecret } from './secret.ts'

/** Which venue's database a command uses. */
export interface VenueDatabaseOptions {
  readonly data: string
  readonly databaseFile?: string
}

export function addVenueDatabaseOptions(command: Command): Command {
  return command
    .requiredOption('--data <dir>', 'folder of the embedded database and of the tokens of workers')
    .option('--database-file <file>', 'file with the URL of a PostgreSQL, in place of the embedded one')
}

/** The URL in --database-file; undefined if it is not given. Throws INPUT_INVALID, FILE_UNREADABLE. */
export async function readDatabaseUrl({ databaseFile }: VenueDatabaseOptions): Promise<string | undefined> {
  if (databaseFile === undefined) return undefined
  const url = await readSecret({ file: databaseFile })
  if (/^postgres(ql)?:\/\//.test(url)) return url
  throw new ZkclearError('INPUT_INVALID', 'must hold a URL such as postgres://user@host/name', { path: databaseFile })
}

/** The venue's database, for as long as it is not disposed. Throws as `borrowDatabase`. */
export async function openVenueDatabase(options: VenueDatabaseOptions, signal: AbortSignal) {
  const databaseUrl = await readDatabaseUrl(options)
  const { borrowDatabase } = await loadService(() => import('../service/postgres/borrow.ts'))
  return await borrowDatabase({ directory: resolve(options.data), databaseUrl, signal })
}

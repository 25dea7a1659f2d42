import { resolve } from 'node:path'
import { loadService } from './load-service.ts'
import { integerOption } from './options.ts'
import {
  addVenueDatabaseOptions,
  openVenueDatabase,
  readDatabaseUrl,
  type VenueDatabaseOptions,
} from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

interface BackupOptions extends VenueDatabaseOptions {
  readonly out: string
  readonly follow?: boolean
  readonly every: bigint
}

const DESCRIPTION = `Copies what a venue cannot go on without to a folder: its journal, snapshots and log, sealed as they are stored, so that it takes no
keys to write one, and the venue's key store to restore it. Again with the same folder, it adds what is new. With --follow it
goes on doing so until it is interrupted.`

export const verb: Verb = (run) =>
  addVenueDatabaseOptions(
    newVerb('backup', DESCRIPTION, [
      'zkclear backup --data venue --out backup',
      'zkclear backup --data venue --database-file url.txt --out backup --follow',
    ]),
  )
    .requiredOption('--out <dir>', 'folder of the backup: a new one, or one of this venue')
    .option('--follow', 'go on until interrupted, with a venue that runs')
    .addOption(
      integerOption('--every <s>', 'seconds from one look to the next, with --follow', {
        ...{ low: 1n, high: 3600n, otherwise: 1n },
      }),
    )
    .action(
      run(async ({ signal, log, tell }, options: BackupOptions) => {
        const { backUp } = await loadService(() => import('../service/backup/back-up.ts'))
        const { BackupFolder } = await loadService(() => import('../service/backup/folder.ts'))
        const { firstLook, follow } = await loadService(() => import('../service/backup/follow.ts'))
        const folder = new BackupFolder(resolve(options.out))
        await using open = new AsyncDisposableStack()
        const database = options.follow
          ? open.use(await runningDatabase(options))
          : open.use(await openVenueDatabase(options, signal)).database
        await folder.make()
        const warn = (message: string) => tell('warn', message)
        const following = { database, folder, signal, warn, everyMs: Number(options.every) * 1000 }
        const reach = options.follow ? await firstLook(following) : await backUp(database, folder)
        const document = { out: folder.path, epoch: reach.epoch, records: reach.next, parts: reach.parts }
        const text = `the backup has ${reach.next} records of epoch ${reach.epoch}`
        if (!options.follow) return { document, text }
        const kept = open.move()
        return {
          document,
          text: `${text}, and follows the venue`,
          async lasting() {
            await using _ = kept
            await follow({
              ...following,
              onReach: ({ next }) => log.info({ records: `${next}` }, 'backup'),
            })
          },
        }
      }),
    )

/** Nothing is started or changed for it: the venue runs, or this waits for it. */
async function runningDatabase(options: VenueDatabaseOptions) {
  const { Database } = await loadService(() => import('../service/postgres/database.ts'))
  const { venueConnection } = await loadService(() => import('../service/postgres/borrow.ts'))
  const databaseUrl = await readDatabaseUrl(options)
  const connection = venueConnection({ directory: resolve(options.data), databaseUrl })
  return new Database({ connection, connections: 1 })
}

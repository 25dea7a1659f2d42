import assert from 'node:assert/strict'
import { join } from 'node:path'
import { CASH_BATCH_SIZES, TRADE_BATCH_SIZES } from '../../../circuits/index.ts'
import { backUp } from '../../../service/backup/back-up.ts'
import { openCopy } from '../../../service/backup/copy.ts'
import { BackupFolder } from '../../../service/backup/folder.ts'
import { type RestoreOptions, restore } from '../../../service/backup/restore.ts'
import { Journal } from '../../../service/journal/journal.ts'
import type { Database } from '../../../service/postgres/database.ts'
import { DEFAULT_PACE, type SequencerConfig } from '../../../service/sequencer/state.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { SETTLEMENT } from './signed-settlement.ts'
import { storeSnapshot } from './store-snapshot.ts'
import { sealerOf, testKeys } from './test-keys.ts'
import type { testServer } from './test-server.ts'
import { DOMAIN, orderOf, signed, tradingVenue } from './trading-venue.ts'

type Server = Awaited<ReturnType<typeof testServer>>

const CONFIG: SequencerConfig = {
  ...{ profile: 'small', domain: DOMAIN, ...DEFAULT_PACE },
  sizes: { trade: TRADE_BATCH_SIZES.small, cash: CASH_BATCH_SIZES.small },
}

/** Of what `restored` restores. */
export const EPOCH = 1_700_000_000n

/** A venue that traded, with a snapshot in the middle of it. */
export async function traded(server: Server) {
  const venue = await tradingVenue(server)
  const { database, sealer } = venue
  await venue.send(signed(1, orderOf(1, 1n, { side: 'sell' })))
  await storeSnapshot(database, sealer, { epoch: 0n, state: venue.writer.written })
  await venue.send(signed(2, orderOf(2, 1n)))
  await venue.wait(2_000n)
  assert.ok(venue.writer.state.batches.length > 0)
  return venue
}

/** Restores into a database, in which nothing is checked by default. */
export async function restored(
  folder: BackupFolder,
  database: Database,
  given: Partial<Pick<RestoreOptions, 'check' | 'keys'>> = {},
) {
  return await restore({
    ...{ copy: await openCopy(folder), database, keys: testKeys(), config: CONFIG, epoch: EPOCH },
    ...{ settlement: SETTLEMENT, warn: (message) => assert.fail(message), check: async () => undefined },
    ...given,
  })
}

/** A database whose journal holds records of so many bytes each, and its backup. */
export async function backedUp(server: Server, sizes: readonly number[]) {
  const open = new AsyncDisposableStack()
  const database = open.use(await server.fresh())
  const place = open.use(await temporaryDirectory())
  const journal = await Journal.lead(database, await sealerOf(database))
  const folder = new BackupFolder(place.file('backup'))
  await folder.make()
  const grow = async (...more: readonly number[]) => {
    for (const size of more) {
      await journal.append([{ record: Buffer.alloc(size, 7) }])
      await backUp(database, folder)
    }
  }
  await grow(...sizes)
  const file = (number: number) => join(folder.path, `0000000${number}.part`)
  return { database, place, folder, journal, grow, file, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

import { resolve } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { venueShape } from '../protocol/shape.ts'
import type { Ahead } from '../service/backup/not-behind.ts'
import { openKeys } from '../service/keys/key-store.ts'
import { connectReader } from '../settlement/index.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { loadService } from './load-service.ts'
import { profileOption } from './options.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { addVenueDatabaseOptions, readDatabaseUrl, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

interface RestoreOptions extends ReaderOptions, SettlementOption, KeyStoreOption, VenueDatabaseOptions {
  readonly profile: ProfileName
  readonly acceptLoss?: boolean
}

const DESCRIPTION = `Puts a venue that is lost back from a backup, into a new data folder or an empty database, for "zkclear serve" to go on from. It opens a
new epoch: a log of its own, which begins with the same records. Refused is a backup that the chain is ahead of, since a venue that
goes on from there contradicts what was settled or receipted. End the lost venue first, wherever a part of it may still run.`

export const verb: Verb = (run) =>
  addVenueDatabaseOptions(
    addSettlementOption(
      addReaderOptions(
        newVerb('restore', DESCRIPTION, [
          'zkclear restore backup --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --key-store keys.json --data venue',
        ]).argument('<folder>', 'folder of the backup'),
      ),
    ),
  )
    .addOption(profileOption())
    .addOption(keyStoreOption())
    .option('--accept-loss', 'go on although records are lost that were receipted; never without what was settled')
    .action(
      run(async ({ signal, warn }, path: string, options: RestoreOptions) => {
        const { rpc, settlement, profile } = options
        const service = await loadService(() => import('../service/backup/restore-venue.ts'))
        using keys = await openKeys(options.keyStore)
        const databaseUrl = await readDatabaseUrl(options)
        using connection = await connectReader({ rpcUrl: rpc })
        const { epoch, state, isTorn, ahead } = await service.restoreVenue({
          ...{ path: resolve(path), directory: resolve(options.data), databaseUrl, keys, signal, warn },
          ...{ provider: connection.provider, settlement, profile, shape: venueShape(profile) },
          fromBlock: Number(options.fromBlock),
          judge(found) {
            if (found.of === 'batches' || !options.acceptLoss) throw behind(found)
          },
        })
        const { records, settledIndex: settled } = state
        if (ahead !== undefined) warn(`records are lost that were receipted: ${ahead.message}`)
        const text = `restored ${records} records, with ${settled} settled batches, as epoch ${epoch}; "zkclear serve" goes on from there.\n${BEFORE_SERVING}`
        return { document: { epoch, records, settled, isTorn, isLossy: ahead !== undefined }, text }
      }),
    )

const BEFORE_SERVING =
  'End the old venue first, if any of it may still run. Make tokens anew ("zkclear token create"), and back up into a new folder.'

function behind({ of, message }: Ahead): ZkclearError {
  const advice =
    of === 'batches'
      ? 'give a newer copy; where there is none this venue cannot go on, and its accounts leave by exit once it is frozen'
      : 'give a newer copy; where there is none, --accept-loss goes on without those records, and the log of the new epoch shows that they are missing'
  return new ZkclearError('BACKUP_BEHIND', `the chain is ahead of this backup: ${message}; ${advice}`, {
    details: { of },
  })
}

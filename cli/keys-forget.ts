import { ZkclearError } from '../protocol/errors.ts'
import { forgetSealingKeys, openKeys, readKeyStore } from '../service/keys/key-store.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { publicKeys, publicKeysText } from './keys-text.ts'
import { loadService } from './load-service.ts'
import { integerBetween } from './options.ts'
import { addVenueDatabaseOptions, openVenueDatabase, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

interface KeysForgetOptions extends KeyStoreOption, VenueDatabaseOptions {
  readonly before: bigint
}

const DESCRIPTION = `Destroys the sealing keys before a version: what was wrapped under them alone opens never again, in old backups, dead pages of the
database and its log. The venue's database is looked at first: while it holds anything under one of them, they stay. Copies of the
key store elsewhere are yours to destroy.`

const LAST_VERSION = 0xffff_ffffn

export const keysForgetCommand: Verb = (run) =>
  addVenueDatabaseOptions(
    newVerb('forget', DESCRIPTION, ['zkclear keys forget --before 2 --key-store keys.json --data venue']),
  )
    .addOption(keyStoreOption())
    .requiredOption(
      '--before <version>',
      'the earliest version that stays',
      integerBetween('--before', 2n, LAST_VERSION),
    )
    .action(
      run(async ({ signal }, options: KeysForgetOptions) => {
        const { keyStore } = options
        const before = Number(options.before)
        const { Sealer } = await loadService(() => import('../service/sealing/sealer.ts'))
        const { earliestVersion } = await loadService(() => import('../service/sealing/rewrap.ts'))
        const store = await readKeyStore(keyStore)
        await using venue = await openVenueDatabase(options, signal)
        // Of another venue's database nothing could be said.
        using keys = await openKeys(keyStore)
        await Sealer.read(venue.database, keys)
        const newest = store.sealing.at(-1)!.version
        if (before > newest) {
          const message = `got ${before}, and the newest sealing key is version ${newest}, which is in use: run "zkclear keys rotate" first, then start the venue once`
          throw new ZkclearError('INPUT_INVALID', message, { path: '--before' })
        }
        const earliest = await earliestVersion(venue.database)
        if (earliest === undefined || earliest < before) {
          const message = `got ${before}, and the database holds data keys under version ${earliest}: start the venue once, which wraps them under the newest`
          throw new ZkclearError('INPUT_INVALID', message, { path: '--before' })
        }
        const left = publicKeys(await forgetSealingKeys(keyStore, before))
        return { document: { keyStore, ...left }, text: `${publicKeysText(left)}\n${AFTERWARDS}` }
      }),
    )

const AFTERWARDS =
  'backups that were taken before the venue was started with its newest key open no more, but by a copy of the key store from before: take one now'

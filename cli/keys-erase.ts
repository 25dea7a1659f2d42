import { openKeys } from '../service/keys/key-store.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { loadService } from './load-service.ts'
import { type OperatorTokenOption, operatorTokenOption, readOperatorToken, WAITS } from './operator-token.ts'
import { addVenueDatabaseOptions, openVenueDatabase, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Destroys the keys of the venue's past: of the records of its journal that no start needs any more, since two snapshots stand behind
them. What they held, nobody reads again from this database; the state that they led to stays.`

export const keysEraseCommand: Verb = (run) =>
  addVenueDatabaseOptions(newVerb('erase', DESCRIPTION, ['zkclear keys erase --key-store keys.json --data venue']))
    .addOption(keyStoreOption())
    .addOption(operatorTokenOption())
    .action(
      run(async ({ signal }, options: KeyStoreOption & OperatorTokenOption & VenueDatabaseOptions) => {
        const { Sealer } = await loadService(() => import('../service/sealing/sealer.ts'))
        const { eraseHistory } = await loadService(() => import('../service/writer/erase-history.ts'))
        const { noteAct } = await loadService(() => import('../service/operator/acts.ts'))
        const { authorize } = await loadService(() => import('../service/operator/administration.ts'))
        const token = await readOperatorToken(options)
        using keys = await openKeys(options.keyStore)
        await using venue = await openVenueDatabase(options, signal)
        const sealer = await Sealer.read(venue.database, keys)
        const ordered = await authorize(venue.database, { act: 'keys erase', token })
        if (ordered === undefined) return WAITS
        await noteAct(venue.database, ordered)
        const { epoch, first } = await eraseHistory(venue.database, sealer)
        const text =
          first === 0n ? 'nothing is old enough: all records open still' : `records before ${first} are erased`
        return { document: { epoch, first }, text }
      }),
    )

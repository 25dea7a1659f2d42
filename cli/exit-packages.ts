import { join } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { openKeys } from '../service/keys/key-store.ts'
import { connectReader, readExit } from '../settlement/index.ts'
import { encodeExit } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { loadService } from './load-service.ts'
import { profileOption } from './options.ts'
import { openOutputDirectory } from './output-directory.ts'
import { EXIT_FILE } from './recovery-directory.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { addVenueDatabaseOptions, openVenueDatabase, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

interface PackagesOptions extends SettlementOption, KeyStoreOption, VenueDatabaseOptions {
  readonly rpc: string
  readonly profile: ProfileName
  readonly out: string
}

const DESCRIPTION = `Writes what each account of a frozen venue proves its exit from, out of the venue's database, whether the venue runs or not: for its
operator to hand out. Each account has a folder of its own, private, for "zkclear exit prove --recovery".`

export const packagesCommand: Verb = (run) =>
  addVenueDatabaseOptions(
    addSettlementOption(
      newVerb('packages', DESCRIPTION, [
        'zkclear exit packages --rpc http://127.0.0.1:8545 --settlement 0x... --key-store keys.json --data venue --out packages',
      ]),
    ),
  )
    .requiredOption('--rpc <url>', 'http or https address of a JSON-RPC node')
    .addOption(profileOption())
    .addOption(keyStoreOption())
    .requiredOption('--out <dir>', 'a new or empty directory')
    .action(
      run(async ({ signal, warn }, options: PackagesOptions) => {
        const { rpc, settlement, profile, out } = options
        const { frozenTerms } = await loadService(() => import('../service/exits/frozen-terms.ts'))
        const { exitOf } = await loadService(() => import('../service/exits/exit-terms.ts'))
        using connection = await connectReader({ rpcUrl: rpc })
        const { provider } = connection
        const status = await readExit({ provider, settlement })
        if (status.frozenAt === 0n) {
          throw new ZkclearError('INPUT_INVALID', 'is not frozen: nobody can exit', { path: '--settlement' })
        }
        using keys = await openKeys(options.keyStore)
        await using venue = await openVenueDatabase(options, signal)
        const terms = await frozenTerms({
          database: venue.database,
          keys,
          provider,
          settlement,
          profile,
          roots: status,
          warn,
        })
        await using directory = await openOutputDirectory(out, { secret: true })
        const lacking: number[] = []
        let written = 0
        for (const [index] of terms.state.accounts.entries()) {
          const exit = exitOf(terms, index)
          if (typeof exit === 'string') {
            lacking.push(index)
            continue
          }
          await directory.write(join(`${index}`, EXIT_FILE), jsonText(encodeExit(exit, profile)))
          written++
        }
        await directory.commit()
        if (lacking.length > 0)
          warn(
            `${lacking.length} accounts have positions or owe, and the table of the last batch is not known: "zkclear recover" computes it`,
          )
        const document = {
          out,
          settlement,
          profile,
          stateRoot: terms.stateRoot,
          riskRoot: terms.riskRoot,
          written,
          lacking,
        }
        return {
          document,
          text: `${written} accounts have what they prove their exit from in ${out}, each in its own folder`,
        }
      }),
    )

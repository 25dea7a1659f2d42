import { CASH_BATCH_SIZES } from '../circuits/index.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { stateRoot } from '../protocol/state.ts'
import { findLiquidations } from '../protocol/takeover/find.ts'
import { serveQueue } from '../venue/index.ts'
import { writeCashBatches } from './cash-files.ts'
import { jsonText } from './json-text.ts'
import {
  addLiquidationOptions,
  type LiquidationOptions,
  type LiquidationVenue,
  readLiquidationVenue,
} from './liquidate-venue.ts'
import { integerBetween } from './options.ts'
import { openOutputDirectory } from './output-directory.ts'
import { entryText } from './queue-text.ts'
import { rescuesIn, rescuesOf } from './rescues.ts'
import { accountsOf } from './settlement-options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface FlagOptions extends LiquidationOptions {
  readonly account?: readonly number[]
  readonly batches?: bigint
  readonly out: string
}

const DESCRIPTION = `Flags accounts that are below maintenance margin: those that are named, or all that can be flagged, who misses the most first. Writes to --out:
batches/, a file for each account, ready for "zkclear prove cash-batch"; state.json, the state after the last one; summary.json. The directory appears complete or not at all, and only
its owner can read it. Settle the batches within five minutes, and within two of the next risk table.
What waits in the queue is not served: "zkclear venue cash --flag" does both.`

export const flagCommand: Verb = (run) =>
  addLiquidationOptions(
    newVerb('flag', DESCRIPTION, [
      'zkclear liquidate flag --state cash/state.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out flagged',
      'zkclear liquidate flag --account 7 12 --state cash/state.json --rpc https://... --settlement 0x... --out flagged',
    ]),
  )
    .option('--account <index...>', 'these accounts (default: all that can be flagged)', accountsOf('--account'))
    .option('--batches <n>', 'flag so many accounts at most', integerBetween('--batches', 1n, 1n << 20n))
    .requiredOption('--out <dir>', 'a new or empty directory')
    .action(
      run(async (session, options: FlagOptions) => {
        const { profile, settlement, account: named, batches: most } = options
        await using out = await openOutputDirectory(options.out, { secret: true })
        const venue = await readLiquidationVenue(session, options)
        const { chainId, domain, state, riskTable, timestamp, resumedAt, vault } = venue
        const accounts = named ?? flaggable(venue)
        const served = serveQueue({
          ...{ state, entries: [], resumedAt },
          context: { sizes: CASH_BATCH_SIZES[profile], timestamp, domain, riskTable, vault },
          operations: accounts.map((account) => ({ kind: 'FLAG', account })),
          ...(most !== undefined && { mostBatches: Number(most) }),
        })
        const refused = served.refusedOperations.map(({ operation, ...why }) => ({
          account: operation.account,
          ...why,
        }))
        if (named !== undefined && served.batches.length === 0) {
          const reasons = refused.map(({ account, message }) => `account ${account}: ${message}`).join('; ')
          throw new ZkclearError('BATCH_UNPROVABLE', `nobody can be flagged: ${reasons}`, { details: { refused } })
        }
        const rows = await writeCashBatches(out, served, { profile, session })
        const flagged = served.batches.map(({ slots }) => slots[0]!.account)
        const rescues = rescuesOf(venue, flagged)
        const summary = {
          ...{ profile, chainId, settlement, domain, timestamp, resumedAt, riskAsOf: riskTable.asOf, flagged, refused },
          rescues: rescuesIn(rescues),
          ...{ oldStateRoot: stateRoot(state), stateRoot: stateRoot(served.state) },
        }
        await out.write('summary.json', jsonText(summary))
        await out.commit()
        for (const { account, reason, message } of refused) {
          session.warn(`account ${account} is not flagged (${reason}): ${message}`)
        }
        for (const entry of rescues) {
          session.warn(`${entryText(entry)} waits and may save the account: serve it first, with "zkclear venue cash"`)
        }
        const text =
          rows.length === 0
            ? 'no account can be flagged'
            : `${tableText(['batch', 'does'], rows)}\nprove and settle them within five minutes`
        return { document: { out: options.out, ...summary }, text }
      }),
    )

/** Who can be flagged, whoever misses the most first. */
function flaggable({ state, riskTable, timestamp, resumedAt }: LiquidationVenue): number[] {
  return findLiquidations(state, { riskTable, timestamp, resumedAt })
    .filter(({ refusal }) => refusal === undefined)
    .toSorted((one, other) => Number(other.missing - one.missing))
    .map(({ account }) => account)
}

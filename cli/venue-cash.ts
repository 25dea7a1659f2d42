import { CASH_BATCH_SIZES } from '../circuits/index.ts'
import { isFlagged } from '../protocol/account.ts'
import type { Expire, SignedCashMessage } from '../protocol/cash-batch/operation.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { leastLimits } from '../protocol/market-limits.ts'
import { BITS } from '../protocol/parameters.ts'
import { checkRiskTable } from '../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { emptyState, stateRoot } from '../protocol/state.ts'
import { connectReader, queueOperation, readCash, readResumedAt } from '../settlement/index.ts'
import { serveQueue } from '../venue/index.ts'
import { writeCashBatches } from './cash-files.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { jsonText } from './json-text.ts'
import { integerBetween, profileOption } from './options.ts'
import { openOutputDirectory } from './output-directory.ts'
import { accountsOf, addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { unservedOf } from './unserved.ts'
import { requireAlive, requireState, requireTable, tableOnChain, timeOf } from './venue-chain.ts'
import { readCashMessages, readRiskTable, readState, readViewKeys } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface CashOptions extends ReaderOptions, SettlementOption {
  readonly state?: string
  readonly risk?: string
  readonly keys?: readonly string[]
  readonly messages?: readonly string[]
  readonly flag?: readonly number[]
  readonly expire?: readonly Expire[]
  readonly sweep?: boolean
  readonly batches?: bigint
  readonly out: string
  readonly profile: ProfileName
}

const DESCRIPTION = `Serves the queue of a Settlement: makes cash batches of what waits there, in its order, of the view keys that the state lacks,
of the withdrawals and transfers that owners signed, of positions that are to be paid out, and of accounts that are to be flagged. Writes to --out: batches/, one file for each batch, ready for "zkclear prove
cash-batch"; state.json, the state after the last one; summary.json. The directory appears complete or not at all, and only
its owner can read it. The batches have the time of the chain's next block: settle them within 15 minutes, those
that flag within five, and within two of the next risk table.
An entry that cannot be served stops the serving of entries; what is said of it, and of messages and view keys that are not
entered, and of accounts that are not flagged, is in the summary.`

export const venueCashCommand: Verb = (run) =>
  addSettlementOption(
    addReaderOptions(
      newVerb('cash', DESCRIPTION, [
        'zkclear venue cash --keys view.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out cash',
        'zkclear venue cash --state run/state.json --messages withdrawals/*.json --rpc https://... --settlement 0x... --out cash',
      ]),
    ),
  )
    .option('--state <file>', "the venue's state, whose root is the chain's (default: the state without accounts)")
    .option('--risk <file>', 'the newest risk table (default: computed from the chain)')
    .option('--keys <file...>', 'view keys that owners shared, or keys files')
    .option(
      '--messages <file...>',
      'withdrawals and transfers that owners signed, in the order in which they are to be entered',
    )
    .option(
      '--flag <account...>',
      'flag these accounts, if they are below maintenance, one a batch',
      accountsOf('--flag'),
    )
    .option('--expire <account:market...>', 'pay out the positions of these accounts in settled markets', expiriesOf)
    .option(
      '--sweep',
      "also move the markets' fees to the house, and retire what is settled and empty, one market a batch",
    )
    .option('--batches <n>', 'make so many batches at most', integerBetween('--batches', 1n, 1n << 20n))
    .requiredOption('--out <dir>', 'a new or empty directory')
    .addOption(profileOption())
    .action(
      run(async (session, options: CashOptions) => {
        const {
          rpc,
          settlement,
          profile,
          keys = [],
          messages: files = [],
          flag = [],
          expire = [],
          sweep = false,
        } = options
        const { batches: most } = options
        const shape = venueShape(profile)
        await using out = await openOutputDirectory(options.out, { secret: true })
        const state = options.state === undefined ? emptyState(shape) : await readState(options.state, profile)
        const given = options.risk === undefined ? undefined : await readRiskTable(options.risk, profile)
        const viewKeys = await readViewKeys(keys)
        using connection = await connectReader({ rpcUrl: rpc })
        const { provider, chainId } = connection
        const domain = settlementDomain(chainId, settlement)
        const messages = await readCashMessages(files, domain)
        const accounts = [...viewKeys.keys(), ...messages.flatMap(partiesOf)]
        const fromBlock = Number(options.fromBlock)
        session.onProgress({ stage: 'read the chain', fraction: 0 })
        const flagged = [...state.accounts.entries()].flatMap(([index, account]) => (isFlagged(account) ? [index] : []))
        const chain = await readCash({ provider, settlement, accounts, flagged, fromBlock })
        requireAlive(chain)
        requireState(state, chain, options.state)
        const place = { provider, settlement, profile, fromBlock: options.fromBlock }
        const riskTable = given ?? (await tableOnChain(place, chain, session))
        requireTable(riskTable, chain)
        if (riskTable !== undefined) checkRiskTable(riskTable, leastLimits(riskTable, state), shape)
        const { vault, entries, retries, viewCommitments, owners, retiredMarkets: retired } = chain
        session.onProgress({ stage: 'serve', fraction: 0.2 })
        const served = serveQueue({
          state,
          entries: entries.map(queueOperation),
          deadlines: entries.map(({ deadline }) => deadline),
          context: { sizes: CASH_BATCH_SIZES[profile], timestamp: timeOf(chain), domain, riskTable, vault },
          ...{ retries, viewKeys, viewCommitments, owners, messages, sweep, retired },
          resumedAt: await readResumedAt({ provider, settlement }),
          operations: [...expire, ...flag.map((account) => ({ kind: 'FLAG', account }) as const)],
          ...(most !== undefined && { mostBatches: Number(most) }),
        })
        const rows = await writeCashBatches(out, served, { profile, session })
        const unserved = unservedOf(served, entries, files)
        const summary = {
          ...{ profile, chainId, settlement, domain, timestamp: timeOf(chain) },
          ...{ oldStateRoot: stateRoot(state), stateRoot: stateRoot(served.state) },
          ...{ batches: served.batches.length, served: served.served, waiting: entries.length - served.served },
          ...{ viewed: served.viewed, ...unserved.document },
        }
        await out.write('summary.json', jsonText(summary))
        await out.commit()
        for (const warning of unserved.warnings) session.warn(warning)
        const text = `${served.served} of ${entries.length} entries are served; batches in ${options.out}: ${served.batches.length}`
        return {
          document: { out: options.out, ...summary },
          text: rows.length === 0 ? text : `${tableText(['batch', 'does'], rows)}\n${text}`,
        }
      }),
    )

/** Gathers the positions of --expire. Throws INPUT_INVALID. */
function expiriesOf(text: string, before: readonly Expire[] = []): readonly Expire[] {
  const [, account, market] = /^([0-9]{1,8}):([0-9]{1,3})$/.exec(text) ?? []
  const expiry = { kind: 'EXPIRE', account: Number(account), market: Number(market) } as const
  if (account !== undefined && expiry.account < 2 ** BITS.account && expiry.market < 2 ** BITS.market) {
    return [...before, expiry]
  }
  const message = `got ${JSON.stringify(text.slice(0, 100))}, need the index of an account and of a market with a colon between, such as 7:2`
  throw new ZkclearError('INPUT_INVALID', message, { path: '--expire' })
}

/** The accounts that a transfer names. */
function partiesOf({ message: { kind, account, counterAccount } }: SignedCashMessage): number[] {
  return kind === 'TRANSFER_OUT' ? [account, counterAccount] : []
}

import { type Closings, deleverageAccount, type PassedOver } from '../protocol/deleverage/choose.ts'
import type { Deleveraging } from '../protocol/deleverage/close.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { BITS } from '../protocol/parameters.ts'
import { stateRoot } from '../protocol/state.ts'
import { encodeDeleveraging, encodeState } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import { addLiquidationOptions, type LiquidationOptions, readLiquidationVenue } from './liquidate-venue.ts'
import { integerBetween } from './options.ts'
import { openOutputDirectory } from './output-directory.ts'
import { entryText } from './queue-text.ts'
import { rescuesIn, rescuesOf } from './rescues.ts'
import { accountOf } from './settlement-options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface DeleverageOptions extends LiquidationOptions {
  readonly account: bigint
  readonly market?: bigint
  readonly batches?: bigint
  readonly out: string
}

const DESCRIPTION = `Closes lots of a flagged account that owes more than it has against other accounts', those with the highest score first, where the house cannot pay a bidder what one may ask,
or may not now. Writes to --out: batches/, a file for each counterparty, ready for "zkclear prove deleverage"; state.json, the state after the last one; summary.json. The directory
appears complete or not at all, and only its owner can read it. Settle the batches in order, within 15 minutes, and within two of the next risk table.`

export const deleverageCommand: Verb = (run) =>
  addLiquidationOptions(
    newVerb('deleverage', DESCRIPTION, [
      'zkclear liquidate deleverage --account 7 --state flagged/state.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out closed',
      'zkclear liquidate deleverage --account 7 --market 0 --batches 1 --state flagged/state.json --rpc https://... --settlement 0x... --out closed',
    ]),
  )
    .requiredOption('--account <index>', 'the account whose lots are closed', accountOf)
    .option(
      '--market <n>',
      'in this market alone (default: in all)',
      integerBetween('--market', 0n, (1n << BigInt(BITS.market)) - 1n),
    )
    .option('--batches <n>', 'close against so many counterparties at most', integerBetween('--batches', 1n, 1n << 20n))
    .requiredOption('--out <dir>', 'a new or empty directory')
    .action(
      run(async (session, options: DeleverageOptions) => {
        const { profile, settlement, market, batches } = options
        const victim = Number(options.account)
        await using out = await openOutputDirectory(options.out, { secret: true })
        const venue = await readLiquidationVenue(session, options)
        const { chainId, domain, state, riskTable, timestamp, resumedAt, cover } = venue
        const closings = deleverageAccount(
          state,
          victim,
          { timestamp, domain, riskTable, resumedAt },
          {
            mayPay: cover.now,
            ...(market !== undefined && { market: Number(market) }),
            ...(batches !== undefined && { most: Number(batches) }),
          },
        )
        const { made, end, passedOver } = closings
        if (made.length === 0) throw refusal(victim, closings)
        for (const [i, one] of made.entries()) {
          session.onProgress({ stage: 'write batches', fraction: 0.4 + (0.6 * i) / made.length })
          session.signal.throwIfAborted()
          await out.write(nameOf(i), jsonText(encodeDeleveraging(one, profile)))
          session.log.info({ name: nameOf(i) }, 'batch')
        }
        const rescues = rescuesOf(venue, [victim])
        const summary = {
          ...{ profile, chainId, settlement, domain, timestamp, resumedAt, riskAsOf: riskTable.asOf, victim },
          ...{ closings: made.map(publicPart), end: end ?? null, passedOver },
          rescues: rescuesIn(rescues),
          ...{ oldStateRoot: stateRoot(state), stateRoot: stateRoot(closings.state) },
        }
        await out.write('state.json', jsonText(encodeState(closings.state, profile)))
        await out.write('summary.json', jsonText(summary))
        await out.commit()
        for (const [reason, count] of counted(passedOver)) session.warn(`passed over ${count}: ${reason}`)
        for (const entry of rescues) {
          session.warn(`${entryText(entry)} waits and may save the account: serve it first, with "zkclear venue cash"`)
        }
        const rows = summary.closings.map((one, i) => {
          return [nameOf(i), one.counterparty, one.market, one.lots, one.surcharge, one.score]
        })
        const table = tableText(['batch', 'counterparty', 'market', 'lots', 'pays beyond the mark', 'score'], rows)
        const text = end === undefined ? table : `${table}\nno more are closed: ${end.message}`
        return { document: { out: options.out, ...summary }, text }
      }),
    )

const nameOf = (i: number) => `batches/${String(i + 1).padStart(6, '0')}.json`

/** What its words will tell everybody, and nothing else of the two accounts. */
function publicPart({ closing, opens, surcharge, asked, score, houseFails }: Deleveraging) {
  const { counterparty, market, lots } = closing
  return { counterparty, market, lots, opens, surcharge, asked, score, houseFails }
}

/** Why none of its lots can be closed. */
function refusal(victim: number, { end, passedOver }: Closings): ZkclearError {
  const { reason, message } = end!
  const others = counted(passedOver).map(([reason, count]) => `${count} for ${reason}`)
  const why = others.length === 0 ? message : `${message} (passed over: ${others.join(', ')})`
  return new ZkclearError('BATCH_UNPROVABLE', `no lots of account ${victim} can be closed: ${why}`, {
    details: { reason, passedOver },
  })
}

/** How many were passed over, by reason. */
function counted(passedOver: readonly PassedOver[]): [reason: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { reason } of passedOver) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
}

import { findLiquidations, type Liquidation } from '../protocol/takeover/find.ts'
import { coverText } from './cover-text.ts'
import { addLiquidationOptions, type LiquidationOptions, readLiquidationVenue } from './liquidate-venue.ts'
import { tableText } from './table.ts'
import { timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Finds the accounts of a venue that are below maintenance margin at the newest risk table, and those that are flagged. Says of each by
how many quanta it misses maintenance, whether it can be flagged now, and when it is to be had and for how much. Sends nothing and writes nothing.`

export const findCommand: Verb = (run) =>
  addLiquidationOptions(
    newVerb('find', DESCRIPTION, [
      'zkclear liquidate find --state cash/state.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
    ]),
  ).action(
    run(async (session, options: LiquidationOptions) => {
      const { chainId, state, riskTable, timestamp, resumedAt, cover } = await readLiquidationVenue(session, options)
      const accounts = findLiquidations(state, { riskTable, timestamp, resumedAt })
      const rows = accounts.map((one) => [one.account, one.missing, one.fair, one.risk, stands(one, timestamp)])
      const flaggable = accounts.filter(({ refusal }) => refusal === undefined).map(({ account }) => account)
      const next =
        flaggable.length === 0 ? '' : `\nflag them with "zkclear liquidate flag --account ${flaggable.join(' ')} ..."`
      const isOwed = accounts.some(({ fair }) => fair < 0n) ? `\n${coverText(cover)}` : ''
      const text = `${tableText(['account', 'missing', 'fair price', 'risk', 'stands'], rows)}${isOwed}${next}`
      return {
        document: {
          ...{ settlement: options.settlement, chainId, timestamp, resumedAt, riskAsOf: riskTable.asOf, cover },
          accounts: accounts.map(({ refusal = null, offer, ...one }) => {
            return { ...one, refusal, offer: offer === undefined ? null : { ...offer, least: offer.least ?? null } }
          }),
        },
        text: accounts.length === 0 ? 'no account is below maintenance or flagged' : text,
      }
    }),
  )

/** How an account stands, for people. */
function stands({ missing, refusal, offer }: Liquidation, time: bigint): string {
  if (offer === undefined) {
    if (refusal === undefined) return 'can be flagged'
    if (refusal === 'SHELTERED') return 'has a position in a sheltered market'
    return `cannot be flagged: ${refusal === 'PAUSED' ? "the guardian's pause lasts" : 'the table is too old'}`
  }
  if (missing === 0n) return 'flagged, and not to be had: it meets maintenance'
  if (time < offer.opens) return `flagged: to be had from ${timeText(offer.opens)}`
  if (offer.sheltered) return `flagged: has a position in a sheltered market`
  return `to be had for ${offer.least} until ${timeText(offer.closes)}`
}

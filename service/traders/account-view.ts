import type { z } from 'zod'
import type { accountAnswer, margin, openOrder } from '../../client/wire/account.ts'
import type { Account } from '../../protocol/account.ts'
import type { Book } from '../../protocol/book.ts'
import { isOrderInHand } from '../../protocol/book.ts'
import { excesses, orderMargin, portfolioRisk, scaledEquity } from '../../protocol/margin.ts'
import { min } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { priority, type Side, unpackSlot } from '../../protocol/slot.ts'
import { accountAt } from '../../protocol/state.ts'
import type { Track } from '../sequencer/fills.ts'
import { acceptedNonce } from '../sequencer/judge.ts'
import { currentState, lastIndex, type SequencerState } from '../sequencer/state.ts'

type AccountAnswer = Omit<z.output<typeof accountAnswer>, 'event'>
type OpenOrder = z.output<typeof openOrder>

/** All of an account that its trader is shown, and nothing of another; undefined if there is no such account. */
export function accountView(sequencer: SequencerState, index: number): AccountAnswer | undefined {
  const state = currentState(sequencer)
  const account = accountAt(state, index)
  if (account === undefined) return undefined
  const { table, records, timestamp, waiting, open } = sequencer
  const { viewKey, flaggedAt, suspended, collateral } = account
  const markets = [...account.positions.keys()]
  return {
    ...{ account: index, records, nextBatch: lastIndex(sequencer) + 1, timestamp },
    ...{ nextNonce: acceptedNonce(sequencer, index, account) + 1n, hasViewKey: viewKey !== 0n, flaggedAt, suspended },
    collateral: [...collateral],
    positions: markets.map((market) => positionOf(account, market, table)),
    ...(table !== undefined && { margin: marginOf(account, table) }),
    orders: markets.flatMap((market) => ordersOf(state.books.get(market)!, market, index, open.tracks.get(market))),
    waiting: waiting.filter((item) => item.account === index).map(({ record }) => record),
  }
}

function positionOf({ positions }: Account, market: number, table: RiskTable | undefined) {
  const { size, openBuy, openSell, fundingIndex } = positions[market]!
  const prices = table?.markets[market]
  const told = prices && { mark: prices.mark, fundingDue: size * (prices.fundingIndex - fundingIndex) }
  return { market, size, openBuy, openSell, ...told }
}

function marginOf(account: Account, table: RiskTable): z.output<typeof margin> {
  const risk = portfolioRisk(account, table)
  const least = (ratio: bigint) => excesses(account, table, ratio).reduce(min)
  return {
    equity: scaledEquity(account, table),
    orders: BASIS_POINTS * orderMargin(account, table),
    risk: BASIS_POINTS * risk,
    initialRequirement: table.initialMarginBps * risk,
    initialExcess: least(table.initialMarginBps),
    maintenanceExcess: least(BASIS_POINTS),
  }
}

function ordersOf({ bids, asks, hand }: Book, market: number, account: number, track: Track | undefined): OpenOrder[] {
  const resting = (
    [
      ['buy', bids],
      ['sell', asks],
    ] as const
  ).flatMap(([side, window]) =>
    window
      .map(unpackSlot)
      .filter((slot) => slot.account === account)
      .map(({ priority: rank, size, sequence, expiry }): OpenOrder => {
        const price = priority(side, rank)
        return { market, side, price, size, sequence, expiry, inHand: false, ...track?.resting.get(sequence) }
      }),
  )
  if (hand === undefined || hand.account !== account || !isOrderInHand(hand)) return resting
  const { side, price, remaining: size, expiry } = hand
  return [...resting, { market, side: side as Side, price, size, sequence: 0n, expiry, inHand: true, ...track?.hand }]
}

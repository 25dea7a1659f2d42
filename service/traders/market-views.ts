import type { z } from 'zod'
import { bookChecksum, type Level } from '../../client/checksum.ts'
import type { BookDelta, batchesAnswer, bookAnswer, marketsAnswer } from '../../client/wire/markets.ts'
import type { Book } from '../../protocol/book.ts'
import { PHASES } from '../../protocol/parameters.ts'
import { priority, type Side, unpackSlot } from '../../protocol/slot.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'

type BookAnswer = z.output<typeof bookAnswer>

/** What anybody may know of a book: lots by price, and not whose. */
export function bookView(sequencer: SequencerState, market: number, depth = Number.POSITIVE_INFINITY): BookAnswer {
  const { bids, asks } = levelsOf(currentState(sequencer).books.get(market)!)
  const shown = { bids: bids.slice(0, depth), asks: asks.slice(0, depth) }
  return { market, number: sequencer.records, ...shown, checksum: bookChecksum(bids, asks) }
}

/** What changed of a book; undefined if nothing did. */
export function bookDelta(
  before: SequencerState,
  after: SequencerState,
  market: number,
): Omit<BookDelta, 'previous'> | undefined {
  const [old, now] = [before, after].map((state) => currentState(state).books.get(market)!) as [Book, Book]
  if (old === now) return undefined
  const [was, is] = [levelsOf(old), levelsOf(now)]
  const [bids, asks] = [changed(was.bids, is.bids), changed(was.asks, is.asks)]
  if (bids.length + asks.length === 0) return undefined
  return { kind: 'delta', market, number: after.records, bids, asks, checksum: bookChecksum(is.bids, is.asks) }
}

function levelsOf({ bids, asks }: Book): { bids: [bigint, bigint][]; asks: [bigint, bigint][] } {
  const levels = (side: Side, window: Book['bids']) => {
    const sizes = new Map<bigint, bigint>()
    for (const { priority: rank, size } of window.map(unpackSlot)) {
      const price = priority(side, rank)
      sizes.set(price, (sizes.get(price) ?? 0n) + size)
    }
    return [...sizes]
  }
  return { bids: levels('buy', bids), asks: levels('sell', asks) }
}

function changed(before: readonly Level[], after: readonly Level[]): [bigint, bigint][] {
  const [old, now] = [new Map(before), new Map(after)]
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((price) =>
    old.get(price) === now.get(price) ? [] : [[price, now.get(price) ?? 0n]],
  )
}

const PHASE_NAMES = Object.keys(PHASES) as (keyof typeof PHASES)[]

/** What a table's number for a phase stands for. */
export function phaseName(phase: bigint): keyof typeof PHASES {
  return PHASE_NAMES.find((name) => PHASES[name] === phase)!
}

/** The markets as the newest risk table has them; undefined before the first one. */
export function marketsView(sequencer: SequencerState): z.output<typeof marketsAnswer> | undefined {
  const { table, pausedUntil, closingFrom } = sequencer
  if (table === undefined) return undefined
  const { openInterest } = currentState(sequencer)
  const { asOf, maxAge, initialMarginBps, takerFeeBps, makerFeeBps } = table
  return {
    ...{ asOf, maxAge, initialMarginBps, takerFeeBps, makerFeeBps, pausedUntil },
    ...(closingFrom !== undefined && { closingFrom }),
    collaterals: table.collaterals.map(({ price, weight }) => ({ price, weightBps: weight })),
    markets: table.markets.map((record, market) => {
      const { mark, band, fundingIndex, minOrder, maxPosition, maxOpenInterest, longRisk, shortRisk, lastTradeTime } =
        record
      const phase = phaseName(record.phase)
      const limits = { minOrder, maxPosition, openInterest: openInterest[market]!, maxOpenInterest }
      return { market, phase, mark, band, fundingIndex, ...limits, longRisk, shortRisk, lastTradeTime }
    }),
  }
}

/** Batches that are not final. */
export function batchesView({ settledIndex, finalIndex, batches }: SequencerState): z.output<typeof batchesAnswer> {
  return {
    ...{ settled: settledIndex, final: finalIndex },
    batches: batches.map(({ index, work, items, proved }) => ({
      ...{ batch: index, circuit: work.circuit, messages: items.length },
      timestamp: work.transition.context.timestamp,
      state: index <= settledIndex ? 'settled' : proved ? 'proved' : 'soft',
    })),
  }
}

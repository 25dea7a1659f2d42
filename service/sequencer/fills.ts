import { unpackSlot } from '../../protocol/slot.ts'
import type { State } from '../../protocol/state.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'

/** An order by the message that it is: number of the record, and place in the record's bundle. */
export interface OrderName {
  readonly record: number
  readonly place: number
}

/** A trade between two orders; one that was there before the journal began has no name. */
export interface Fill {
  readonly market: number
  readonly taker: OrderName | undefined
  readonly maker: OrderName | undefined
  readonly takerAccount: number
  readonly makerAccount: number
  readonly takerSide: 'buy' | 'sell'
  readonly price: bigint
  readonly size: bigint
}

/** Which orders rest in a market, by sequence number, and which message was loaded last: the order in hand, if there is one. */
export interface Track {
  readonly resting: ReadonlyMap<bigint, OrderName>
  readonly hand: OrderName | undefined
}

export type Tracks = ReadonlyMap<number, Track>

const NOTHING: Track = { resting: new Map(), hand: undefined }

/**
 * Follows the steps of a batch from where it was seen before. `names` are those of all its messages, in order. Gives what is known
 * of its market's orders then, the fills of the new steps, and how much is seen now.
 */
export function followBatch(
  tracks: Tracks,
  { context: { market }, steps }: TradeBatch,
  names: readonly OrderName[],
  seen: { readonly steps: number; readonly messages: number },
) {
  const before = tracks.get(market) ?? NOTHING
  let { hand } = before
  let { messages } = seen
  const resting = new Map(before.resting)
  const fills: Fill[] = []
  for (const step of steps.slice(seen.steps)) {
    if (step.loaded) hand = names[messages++]
    if (step.kind === 'rested' && hand !== undefined) resting.set(step.nextSequence - 1n, hand)
    if (step.trade !== undefined) {
      const { taker: takerAccount, maker: makerAccount, takerSide, price, size, makerSequence } = step.trade
      const maker = resting.get(makerSequence)
      fills.push({ market, taker: hand, maker, takerAccount, makerAccount, takerSide, price, size })
    }
  }
  return {
    tracks: new Map(tracks).set(market, { resting, hand }),
    fills,
    seen: { steps: steps.length, messages },
  }
}

/** The tracks without orders of the market that rest no longer. */
export function pruneTracks(tracks: Tracks, market: number, { books }: State): Tracks {
  const known = tracks.get(market)
  if (known === undefined) return tracks
  const { bids, asks } = books.get(market)!
  const resting = new Map<bigint, OrderName>()
  for (const { sequence } of [...bids, ...asks].map(unpackSlot)) {
    const name = known.resting.get(sequence)
    if (name !== undefined) resting.set(sequence, name)
  }
  return new Map(tracks).set(market, { ...known, resting })
}

/** Fills of the first list that the second lacks, counted with their multiplicity. */
export function lostFills(before: readonly Fill[], after: readonly Fill[]): Fill[] {
  const left = new Map<string, number>()
  for (const fill of after) left.set(textOf(fill), (left.get(textOf(fill)) ?? 0) + 1)
  return before.filter((fill) => {
    const count = left.get(textOf(fill)) ?? 0
    left.set(textOf(fill), count - 1)
    return count <= 0
  })
}

function textOf({ market, taker, maker, price, size }: Fill): string {
  const name = (order: OrderName | undefined) => (order === undefined ? '-' : `${order.record}.${order.place}`)
  return `${market} ${name(taker)} ${name(maker)} ${price} ${size}`
}

import { slotSequence } from '../../protocol/slot.ts'
import type { State } from '../../protocol/state.ts'
import type { StepEffect, StepKind } from '../../protocol/trade-batch/matching.ts'
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

/** How much of a batch is known. */
export interface Seen {
  readonly steps: number
  readonly bundles: number
}

const NOTHING: Track = { resting: new Map(), hand: undefined }

/** What becomes of an order or cancel in its turn, but for its fills. */
export type OrderEvent =
  /** What is left of it rests under that sequence number, by which a cancel names it. */
  | { readonly kind: 'rested'; readonly order: OrderName; readonly market: number; readonly sequence: bigint }
  /** It was turned away, what is left of it is dropped, or it is a cancel that met an order or missed it. */
  | { readonly kind: Exclude<StepKind, 'rested' | 'traded' | 'head-removed'>; readonly order: OrderName }
  /** It rests no longer: filled, taken back, expired, or given up for a better one. Told when its batch is sealed. */
  | { readonly kind: 'gone'; readonly order: OrderName }

/**
 * Follows the steps of a batch from where it was seen before: then all messages of its bundles were loaded. `names` are those of the messages
 * since, in order; a cancel that nobody sent has none. Gives what is known of its market's orders then, the fills of the new steps, and how
 * much is seen now.
 */
export function followBatch(
  tracks: Tracks,
  { context: { market }, steps, bundles }: TradeBatch,
  names: readonly (OrderName | undefined)[],
  seen: Seen,
) {
  const before = tracks.get(market) ?? NOTHING
  let { hand } = before
  let messages = 0
  let resting = before.resting
  const fills: Fill[] = []
  const events: OrderEvent[] = []
  for (const step of steps.slice(seen.steps)) {
    if (step.loaded) hand = names[messages++]
    const event = hand && eventOf(step, hand, market)
    if (event !== undefined) events.push(event)
    if (event?.kind === 'rested') resting = new Map(resting).set(event.sequence, event.order)
    if (step.trade !== undefined) {
      const { taker: takerAccount, maker: makerAccount, takerSide, price, size, makerSequence } = step.trade
      const maker = resting.get(makerSequence)
      fills.push({ market, taker: hand, maker, takerAccount, makerAccount, takerSide, price, size })
    }
  }
  return {
    tracks: new Map(tracks).set(market, { resting, hand }),
    fills,
    events,
    seen: { steps: steps.length, bundles: bundles.length },
  }
}

function eventOf({ kind, nextSequence }: StepEffect, order: OrderName, market: number): OrderEvent | undefined {
  if (kind === 'rested') return { kind, order, market, sequence: nextSequence - 1n }
  return kind === 'traded' || kind === 'head-removed' ? undefined : { kind, order }
}

/** Orders of the market that the first tracks have and the others lack. */
export function goneOrders(before: Tracks, after: Tracks, market: number): OrderName[] {
  const left = after.get(market)?.resting
  return [...(before.get(market)?.resting ?? [])].flatMap(([sequence, order]) => (left?.has(sequence) ? [] : [order]))
}

/** The tracks without orders of the market that rest no longer. */
export function pruneTracks(tracks: Tracks, market: number, { books }: State): Tracks {
  const known = tracks.get(market)
  if (known === undefined) return tracks
  const { bids, asks } = books.get(market)!
  const resting = new Map<bigint, OrderName>()
  for (const sequence of [...bids, ...asks].map(slotSequence)) {
    const name = known.resting.get(sequence)
    if (name !== undefined) resting.set(sequence, name)
  }
  return new Map(tracks).set(market, { ...known, resting })
}

/** Fills of the first list that the second lacks, counted with their multiplicity. */
export function lostFills(before: readonly Fill[], after: readonly Fill[]): Fill[] {
  const left = new Map<string, number>()
  for (const fill of after) left.set(fillName(fill), (left.get(fillName(fill)) ?? 0) + 1)
  return before.filter((fill) => {
    const count = left.get(fillName(fill)) ?? 0
    left.set(fillName(fill), count - 1)
    return count <= 0
  })
}

/** What tells a fill apart from others, whichever batch has it: its orders, price and lots. */
export function fillName({ market, taker, maker, price, size }: Fill): string {
  const name = (order: OrderName | undefined) => (order === undefined ? '-' : `${order.record}.${order.place}`)
  return `${market} ${name(taker)} ${name(maker)} ${price} ${size}`
}

import { BUNDLE_WORDS, type TimeInForce } from '../protocol/parameters.ts'
import type { Side } from '../protocol/slot.ts'

interface IntentHead {
  /**
   * Lines in a row with the same name here are one bundle (protocol.md#bundle): of one time, account and market, and at most 8.
   * A line without a name is a bundle of its own.
   */
  readonly bundle?: string
}

/** An order that a flow wants placed, before it has a nonce and a signature. */
export interface OrderIntent extends IntentHead {
  readonly kind: 'order'
  /** Name of the order, unique within its flow: cancels refer to it. */
  readonly id: string
  /** Unix seconds at which it reaches the venue. */
  readonly time: bigint
  readonly market: number
  readonly account: number
  readonly side: Side
  /** Quanta per lot. */
  readonly price: bigint
  /** Lots. */
  readonly size: bigint
  readonly timeInForce: TimeInForce
  readonly reduceOnly: boolean
  /** Unix seconds up to and including which the order lives. */
  readonly expiry: bigint
}

/** Takes back an earlier order of the flow; which account, side, price and sequence number that means, replay knows. */
export interface CancelIntent extends IntentHead {
  readonly kind: 'cancel'
  /** The order's id. */
  readonly id: string
  readonly time: bigint
}

/** Takes back all orders that the account has in the market at that time, on one side or on both. */
export interface CancelAllIntent extends IntentHead {
  readonly kind: 'cancel-all'
  readonly time: bigint
  readonly market: number
  readonly account: number
  readonly side: Side | 'both'
}

/** What a flow says. A flow is a list of these whose times never go back. */
export type Intent = OrderIntent | CancelIntent | CancelAllIntent

type Owner = Pick<OrderIntent, 'account' | 'market'>

/** Whose intent it is, and for which market; undefined for a cancel of an order that `orders`, all of the flow so far, does not have. */
export function ownerOf(intent: Intent, orders: ReadonlyMap<string, Owner>): Owner | undefined {
  return intent.kind === 'cancel' ? orders.get(intent.id) : intent
}

/** Whether a line goes on with the bundle of the lines before it. */
export function continues(bundle: readonly Intent[], intent: Intent): boolean {
  return intent.bundle !== undefined && bundle.at(-1)?.bundle === intent.bundle
}

/** What is wrong with the last line of a bundle, as one of that bundle; `orders` has those of all lines so far. */
export function wrongInBundle(bundle: readonly Intent[], orders: ReadonlyMap<string, Owner>): string | undefined {
  const [first, last] = [bundle[0]!, bundle.at(-1)!]
  const [one, other] = [ownerOf(first, orders), ownerOf(last, orders)]
  if (bundle.length > BUNDLE_WORDS) return `has more than ${BUNDLE_WORDS} lines of that name in a row`
  if (last.time !== first.time) return 'has lines of several times'
  if (one?.account !== other?.account || one?.market !== other?.market)
    return 'has lines of several accounts or markets'
  const isOwn = (intent: Intent) => intent.kind === 'order' && last.kind === 'cancel' && intent.id === last.id
  if (bundle.some(isOwn)) return 'has a cancel of an order of its own'
  return undefined
}

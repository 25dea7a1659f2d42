import type { TimeInForce } from '../protocol/parameters.ts'
import type { Side } from '../protocol/slot.ts'

/** An order that a flow wants placed, before it has a nonce and a signature. */
export interface OrderIntent {
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
export interface CancelIntent {
  readonly kind: 'cancel'
  /** The order's id. */
  readonly id: string
  readonly time: bigint
}

/** What a flow says. A flow is a list of these whose times never go back. */
export type Intent = OrderIntent | CancelIntent

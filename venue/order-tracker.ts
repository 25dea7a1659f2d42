import { messagesOf } from '../protocol/bundle.ts'
import type { Message } from '../protocol/message.ts'
import type { Side } from '../protocol/slot.ts'
import type { Trade } from '../protocol/trade-batch/matching.ts'
import type { TradeBatch } from '../protocol/trade-batch/trade-batch.ts'

/** Where an order of a flow came to rest; that it has left since is not recorded. */
export interface RestingPlace {
  readonly market: number
  readonly account: number
  readonly side: Side
  readonly price: bigint
  readonly sequence: bigint
}

/** A trade between two orders of a flow. */
export interface FlowTrade extends Trade {
  readonly market: number
  /** Unix seconds of the batch. */
  readonly time: bigint
  /** Id of the incoming order; undefined if it was in hand before the flow began. */
  readonly takerOrder: string | undefined
  /** Id of the resting order; undefined if it rested before the flow began. */
  readonly makerOrder: string | undefined
}

/** Follows the steps of batches and so learns which order of a flow rests where, and which two met. */
export class OrderTracker {
  readonly #ids = new Map<Message, string>()
  readonly #places = new Map<string, RestingPlace>()
  readonly #atPlace = new Map<string, string>()
  /** By market: the message that was loaded last. */
  readonly #inHand = new Map<number, Message>()
  #seen = { steps: 0, messages: 0, trades: [] as FlowTrade[] }

  /** Names the order that a message is. */
  name(message: Message, id: string): void {
    this.#ids.set(message, id)
  }

  /** Where the order rested, if it ever did. */
  placeOf(id: string): RestingPlace | undefined {
    return this.#places.get(id)
  }

  /** Follows an unfinished batch as far as it has come. Its bundles and steps may only grow until it is finished. */
  observe({ context, bundles, steps }: TradeBatch): void {
    const { market, timestamp: time } = context
    const messages = messagesOf({ bundles })
    const seen = this.#seen
    for (const step of steps.slice(seen.steps)) {
      if (step.loaded) this.#inHand.set(market, messages[seen.messages++]!)
      const working = this.#inHand.get(market)
      const takerOrder = working && this.#ids.get(working)
      if (step.kind === 'rested' && takerOrder !== undefined && working?.kind === 'order') {
        const { account, side, price } = working
        const sequence = step.nextSequence - 1n
        this.#places.set(takerOrder, { market, account, side, price, sequence })
        this.#atPlace.set(`${market}:${sequence}`, takerOrder)
      }
      if (step.trade !== undefined) {
        const makerOrder = this.#atPlace.get(`${market}:${step.trade.makerSequence}`)
        seen.trades.push({ ...step.trade, market, time, takerOrder, makerOrder })
      }
    }
    seen.steps = steps.length
  }

  /** Follows a batch to its end and returns all its trades. */
  complete(batch: TradeBatch): readonly FlowTrade[] {
    this.observe(batch)
    const { trades } = this.#seen
    this.#seen = { steps: 0, messages: 0, trades: [] }
    return trades
  }
}

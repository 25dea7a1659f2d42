import type { SignedMessage } from '../message.ts'
import type { State } from '../state.ts'
import {
  type RefusedMessage,
  TradeBatchBuilder,
  type TradeBatchBuilderOptions,
  type TradeBatchTerms,
} from './builder.ts'
import type { TradeBatch } from './trade-batch.ts'

/**
 * A queue for each market before a {@link TradeBatchBuilder}, which ends its batch where a message of another market comes: so a
 * flow of several markets fills batches too. Messages of one market keep their order, and those of one account keep theirs
 * across markets, so that no nonce comes too late. Messages wait until their market has as many as a batch takes, or for
 * `finish` or `update`.
 *
 * @example
 * const context = { sizes: TRADE_BATCH_SIZES.small, timestamp: 1_700_000_000n, domain, riskTable }
 * const queues = new MarketQueues(state, { context })
 * const batches = [...queues.push(signed), ...queues.finish()]
 */
export class MarketQueues {
  readonly #builder: TradeBatchBuilder
  readonly #most: number
  readonly #markets = new Map<number, SignedMessage[]>()
  readonly #accounts = new Map<number, SignedMessage[]>()

  constructor(state: State, options: TradeBatchBuilderOptions) {
    this.#builder = new TradeBatchBuilder(state, options)
    this.#most = Math.min(options.maxMessages ?? options.context.sizes.messages, options.context.sizes.messages)
  }

  /** The state after every message that waits no longer. */
  get state(): State {
    return this.#builder.state
  }

  get refused(): readonly RefusedMessage[] {
    return this.#builder.refused
  }

  push(signed: SignedMessage): TradeBatch[] {
    const { market, account } = signed.message
    const queue = append(this.#markets, market, signed)
    append(this.#accounts, account, signed)
    const done: TradeBatch[] = []
    while (queue.length >= this.#most) done.push(...this.#workOffLongest())
    return done
  }

  /** Works off all that waits, and the order in hand. */
  finish(): TradeBatch[] {
    return [...this.#workOffAll(), ...this.#builder.finish()]
  }

  /** New time or risk table for what follows; what waits does not. */
  update(context: TradeBatchTerms): TradeBatch[] {
    return [...this.#workOffAll(), ...this.#builder.update(context)]
  }

  #workOffAll(): TradeBatch[] {
    const done: TradeBatch[] = []
    while (this.#accounts.size > 0) done.push(...this.#workOffLongest())
    return done
  }

  /** Of the market with the most messages that wait for none of another market. The oldest message of all waits for none. */
  #workOffLongest(): TradeBatch[] {
    const ready = [...this.#markets].map(([market, queue]) => [market, this.#ready(queue)] as const)
    const [market, count] = ready.reduce((most, next) => (next[1] > most[1] ? next : most))
    const done: TradeBatch[] = []
    for (const signed of this.#markets.get(market)!.splice(0, count)) {
      const own = this.#accounts.get(signed.message.account)!
      own.shift()
      if (own.length === 0) this.#accounts.delete(signed.message.account)
      done.push(...this.#builder.push(signed))
    }
    return done
  }

  /** How many messages at a queue's head wait for no earlier one of their account in another market. */
  #ready(queue: readonly SignedMessage[]): number {
    const taken = new Map<number, number>()
    const blocked = queue.findIndex((signed) => {
      const { account } = signed.message
      const earlier = taken.get(account) ?? 0
      taken.set(account, earlier + 1)
      return this.#accounts.get(account)![earlier] !== signed
    })
    return blocked < 0 ? queue.length : blocked
  }
}

function append(queues: Map<number, SignedMessage[]>, key: number, signed: SignedMessage): SignedMessage[] {
  const queue = queues.get(key) ?? []
  queues.set(key, queue)
  queue.push(signed)
  return queue
}

import { messagesOf, needsNoSignature, type SignedBundle } from '../bundle.ts'
import type { State } from '../state.ts'
import {
  type RefusedBundle,
  TradeBatchBuilder,
  type TradeBatchBuilderOptions,
  type TradeBatchTerms,
} from './builder.ts'
import type { TradeBatch } from './trade-batch.ts'

/**
 * A queue for each market before a {@link TradeBatchBuilder}, which ends its batch where a bundle of another market comes: so a
 * flow of several markets fills batches too. Bundles of one market keep their order, and those of one account keep theirs
 * across markets, so that no nonce comes too late. Bundles wait until their market has as many as a batch takes, by messages or by signatures, or for
 * `finish` or `update`.
 *
 * @example
 * const context = { sizes: TRADE_BATCH_SIZES.small, timestamp: 1_700_000_000n, domain, riskTable }
 * const queues = new MarketQueues(state, { context })
 * const batches = [...queues.push(bundle), ...queues.finish()]
 */
export class MarketQueues {
  readonly #builder: TradeBatchBuilder
  readonly #most: { readonly messages: number; readonly signatures: number }
  readonly #markets = new Map<number, SignedBundle[]>()
  readonly #accounts = new Map<number, SignedBundle[]>()

  constructor(state: State, options: TradeBatchBuilderOptions) {
    this.#builder = new TradeBatchBuilder(state, options)
    const { messages, signatures } = options.context.sizes
    this.#most = { messages: Math.min(options.maxMessages ?? messages, messages), signatures }
  }

  /** The state after every bundle that waits no longer. */
  get state(): State {
    return this.#builder.state
  }

  get refused(): readonly RefusedBundle[] {
    return this.#builder.refused
  }

  push(bundle: SignedBundle): TradeBatch[] {
    const [head] = bundle.messages
    if (head === undefined) return this.#builder.push(bundle) // which refuses it
    const { market, account } = head
    const queue = append(this.#markets, market, bundle)
    append(this.#accounts, account, bundle)
    const done: TradeBatch[] = []
    while (this.#isFull(queue)) done.push(...this.#workOffLongest())
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

  #isFull(bundles: readonly SignedBundle[]): boolean {
    const signed = bundles.filter((bundle) => !needsNoSignature(bundle))
    return messagesOf({ bundles }).length >= this.#most.messages || signed.length >= this.#most.signatures
  }

  #workOffAll(): TradeBatch[] {
    const done: TradeBatch[] = []
    while (this.#accounts.size > 0) done.push(...this.#workOffLongest())
    return done
  }

  /** Of the market with the most bundles that wait for none of another market. The oldest bundle of all waits for none. */
  #workOffLongest(): TradeBatch[] {
    const ready = [...this.#markets].map(([market, queue]) => [market, this.#ready(queue)] as const)
    const [market, count] = ready.reduce((most, next) => (next[1] > most[1] ? next : most))
    const done: TradeBatch[] = []
    for (const bundle of this.#markets.get(market)!.splice(0, count)) {
      const { account } = bundle.messages[0]!
      const own = this.#accounts.get(account)!
      own.shift()
      if (own.length === 0) this.#accounts.delete(account)
      done.push(...this.#builder.push(bundle))
    }
    return done
  }

  /** How many bundles at a queue's head wait for no earlier one of their account in another market. */
  #ready(queue: readonly SignedBundle[]): number {
    const taken = new Map<number, number>()
    const blocked = queue.findIndex((bundle) => {
      const { account } = bundle.messages[0]!
      const earlier = taken.get(account) ?? 0
      taken.set(account, earlier + 1)
      return this.#accounts.get(account)![earlier] !== bundle
    })
    return blocked < 0 ? queue.length : blocked
  }
}

function append(queues: Map<number, SignedBundle[]>, key: number, bundle: SignedBundle): SignedBundle[] {
  const queue = queues.get(key) ?? []
  queues.set(key, queue)
  queue.push(bundle)
  return queue
}

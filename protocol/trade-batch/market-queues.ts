import { needsNoSignature, type SignedBundle } from '../bundle.ts'
import type { State } from '../state.ts'
import {
  type RefusedBundle,
  TradeBatchBuilder,
  type TradeBatchBuilderOptions,
  type TradeBatchTerms,
} from './builder.ts'
import type { TradeBatch, TradeBatchSizes } from './trade-batch.ts'
import { Waiting, type WaitingItem } from './waiting.ts'

type WaitingBundle = WaitingItem & { readonly bundle: SignedBundle }

/**
 * A queue for each market before a {@link TradeBatchBuilder}, which ends its batch where a bundle of another market comes: so a
 * flow of several markets fills batches too. Bundles wait as {@link Waiting} says until their market has as many as a batch takes,
 * by messages or by signatures, or for `finish` or `update`.
 *
 * @example
 * const context = { sizes: TRADE_BATCH_SIZES.small, timestamp: 1_700_000_000n, domain, riskTable }
 * const queues = new MarketQueues(state, { context })
 * const batches = [...queues.push(bundle), ...queues.finish()]
 */
export class MarketQueues {
  readonly #builder: TradeBatchBuilder
  readonly #most: Pick<TradeBatchSizes, 'messages' | 'signatures'>
  readonly #waiting = new Waiting<WaitingBundle>()

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
    this.#waiting.add({ market: head.market, account: head.account, bundle })
    return this.#workOff((waiting) =>
      fillBatch(
        waiting.map((item) => item.bundle),
        this.#most,
      ),
    )
  }

  /** Works off all that waits, and the order in hand. */
  finish(): TradeBatch[] {
    return [...this.#workOff(() => true), ...this.#builder.finish()]
  }

  /** New time or risk table for what follows; what waits does not. */
  update(context: TradeBatchTerms): TradeBatch[] {
    return [...this.#workOff(() => true), ...this.#builder.update(context)]
  }

  #workOff(isDue: (waiting: readonly WaitingBundle[]) => boolean): TradeBatch[] {
    return [...this.#waiting.take(isDue)].flatMap(({ bundle }) => this.#builder.push(bundle))
  }
}

/** Whether bundles that wait have as many messages or signatures as a batch takes. */
export function fillBatch(
  bundles: readonly SignedBundle[],
  most: Pick<TradeBatchSizes, 'messages' | 'signatures'>,
): boolean {
  let [messages, signatures] = [0, 0]
  for (const bundle of bundles) {
    messages += bundle.messages.length
    if (!needsNoSignature(bundle)) signatures++
  }
  return messages >= most.messages || signatures >= most.signatures
}

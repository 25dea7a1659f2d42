import { messagesOf, type SignedBundle } from '../protocol/bundle.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { Cancel, CancelAll, LimitOrder, Message } from '../protocol/message.ts'
import type { RiskTable } from '../protocol/risk-table.ts'
import { signBundle, tradingKey } from '../protocol/signature.ts'
import { accountAt, type State } from '../protocol/state.ts'
import { type RefusedBundle, TradeBatchBuilder } from '../protocol/trade-batch/builder.ts'
import type { TradeBatch, TradeBatchSizes } from '../protocol/trade-batch/trade-batch.ts'
import { Waiting, type WaitingItem } from '../protocol/trade-batch/waiting.ts'
import { continues, type Intent, ownerOf, wrongInBundle } from './intent.ts'
import { type FlowTrade, OrderTracker } from './order-tracker.ts'

export interface ReplayOptions {
  /** What the venue starts from. */
  readonly state: State
  readonly riskTable: RiskTable
  readonly domain: bigint
  /** Sizes of the circuit that is to prove the batches. */
  readonly sizes: TradeBatchSizes
  /** Private keys of 32 bytes by account index. Without them messages stay unsigned: to study matching only. */
  readonly keys?: ReadonlyMap<number, Uint8Array>
  /** false leaves the message chain alone, so that no hash is computed. Default true. */
  readonly messageChain?: boolean
  /** Messages per batch at most; the sizes' number unless less is wanted. */
  readonly maxMessages?: number
  /**
   * How far the venue's clock moves at once: a message joins the unfinished batch unless it comes this many seconds after
   * the batch's time. Default 1: every second begins new batches.
   */
  readonly tickSeconds?: bigint
  /**
   * Unix seconds: in batches of this time or a later one positions may only be closed. Settlement says it of a venue whose end
   * was announced. Default: never.
   */
  readonly closingFrom?: bigint
  /** Secret of the venue from which the salts of its books follow; left out, books stay without. */
  readonly bookSecret?: bigint
}

/** One provable batch of a replayed flow. */
export interface ReplayedBatch {
  /** From 1. */
  readonly number: number
  readonly transition: TradeBatch
  readonly trades: readonly FlowTrade[]
}

export interface FlowSummary {
  /** Lines of the flow. */
  intents: number
  /** Messages that batches include. */
  messages: number
  /** Cancels never sent, because the order never rested. */
  unsent: number
  /** Messages that no batch could include, by reason. */
  refused: Partial<Record<RefusedBundle['reason'], number>>
  /** Included orders that had no effect but the nonce. */
  withoutEffect: number
  /** Included cancels whose order was gone, or of all orders where there was none. */
  cancelsMissed: number
  trades: number
  /** Lots traded. */
  lots: bigint
  /** Orders that a full window gave up for a better one. */
  evicted: number
  batches: number
  /** Batches that ended with an order in hand. */
  carried: number
}

/** The lines of a bundle. */
type WaitingIntents = WaitingItem & { readonly intents: readonly Intent[] }

/**
 * Turns a flow into signed bundles and these into provable batches: gives each message its account's next nonce, fills in what a
 * cancel needs to name its order, and signs what is one bundle. Of several markets, each has a queue: its lines wait until they
 * fill a batch, or the clock moves. Throws INPUT_INVALID for a key that is not the account's, FLOW_INVALID for a flow whose
 * times go back, whose order ids are not unique or whose bundles are none.
 *
 * @example
 * const replay = new FlowReplay({ state, riskTable, domain, keys, sizes: TRADE_BATCH_SIZES.small })
 * for (const { number, transition } of replay.run(intents)) console.log(number, stateRoot(transition.after))
 * console.log(replay.summary.trades)
 */
export class FlowReplay {
  readonly summary: FlowSummary = {
    intents: 0,
    messages: 0,
    unsent: 0,
    refused: {},
    withoutEffect: 0,
    cancelsMissed: 0,
    trades: 0,
    lots: 0n,
    evicted: 0,
    batches: 0,
    carried: 0,
  }
  readonly #options: ReplayOptions
  readonly #builder: TradeBatchBuilder
  readonly #tracker = new OrderTracker()
  readonly #waiting = new Waiting<WaitingIntents>()
  readonly #most: number
  readonly #nonces = new Map<number, bigint>()
  /** By id, every order of the flow so far. */
  readonly #orders = new Map<string, WaitingItem>()
  /** Lines of a bundle that may have more. */
  #bundle: Intent[] = []
  readonly #vettedKeys = new Set<number>()
  #now = 0n
  #timestamp: bigint | undefined

  constructor(options: ReplayOptions) {
    const { sizes, maxMessages = sizes.messages } = options
    this.#options = options
    this.#most = Math.min(maxMessages, sizes.messages)
    this.#builder = new TradeBatchBuilder(options.state, {
      context: this.#context(0n),
      // Replay signs the messages itself: what it signed needs no check.
      unchecked: { signatures: false, messageChain: options.messageChain ?? true },
      ...(options.bookSecret !== undefined && { bookSecret: options.bookSecret }),
      ...(options.maxMessages !== undefined && { maxMessages: options.maxMessages }),
    })
  }

  /** The state after all batches so far, the unfinished one included, but not what waits for others of its bundle or market. */
  get state(): State {
    return this.#builder.state
  }

  /** Replays the whole flow, batch by batch. */
  *run(intents: Iterable<Intent>): Generator<ReplayedBatch, FlowSummary> {
    for (const intent of intents) yield* this.push(intent)
    yield* this.finish()
    return this.summary
  }

  /** Takes one line of the flow; of a bundle, when the next line is there. Returns the batches that were completed. */
  push(intent: Intent): ReplayedBatch[] {
    this.summary.intents++
    this.#note(intent)
    const done = continues(this.#bundle, intent) ? [] : this.#endBundle()
    this.#bundle.push(intent)
    const wrong = wrongInBundle(this.#bundle, this.#orders)
    if (wrong !== undefined) throw this.#invalid('bundle', wrong)
    return intent.bundle === undefined ? [...done, ...this.#endBundle()] : done
  }

  /** Ends the flow: the last batches, until nothing waits and no order is in hand. */
  finish(): ReplayedBatch[] {
    return [...this.#endBundle(), ...this.#workOff(() => true), ...this.#complete(this.#builder.finish())]
  }

  /** What has come of a bundle waits for others of its market. */
  #endBundle(): ReplayedBatch[] {
    const intents = this.#bundle
    const [first] = intents
    if (first === undefined) return []
    this.#bundle = []
    const done = this.#advance(first.time)
    const owner = ownerOf(first, this.#orders)
    if (owner === undefined) {
      this.summary.unsent += intents.length
      return done
    }
    this.#waiting.add({ market: owner.market, account: owner.account, intents })
    return [...done, ...this.#workOff((waiting) => this.#fillsBatch(waiting))]
  }

  #fillsBatch(waiting: readonly WaitingIntents[]): boolean {
    const lines = waiting.reduce((sum, { intents }) => sum + intents.length, 0)
    return lines >= this.#most || waiting.length >= this.#options.sizes.signatures
  }

  #workOff(isDue: (waiting: readonly WaitingIntents[]) => boolean): ReplayedBatch[] {
    return [...this.#waiting.take(isDue)].flatMap(({ intents }) => this.#send(intents))
  }

  #send(intents: readonly Intent[]): ReplayedBatch[] {
    const done = intents.flatMap((intent) => (intent.kind === 'cancel' ? this.#settleHand(intent.id) : []))
    const messages = this.#messages(intents)
    if (messages.length === 0) return done
    const refused = this.#builder.refused.length
    done.push(...this.#complete(this.#builder.push(this.#sign(messages))))
    const reason = this.#builder.refused[refused]?.reason
    const { account, nonce } = messages.at(-1)!
    if (reason === undefined) this.#nonces.set(account, nonce)
    else this.summary.refused[reason] = (this.summary.refused[reason] ?? 0) + messages.length
    if (this.#builder.pending !== undefined) this.#tracker.observe(this.#builder.pending)
    return done
  }

  #context(timestamp: bigint) {
    const { domain, riskTable, sizes, closingFrom } = this.#options
    return { timestamp, domain, riskTable, sizes, closingOnly: closingFrom !== undefined && timestamp >= closingFrom }
  }

  #note(intent: Intent): void {
    const { time } = intent
    if (time < this.#now) throw this.#invalid('time', `the flow goes back in time, from ${this.#now} to ${time}`)
    this.#now = time
    if (intent.kind !== 'order') return
    const { id } = intent
    if (this.#orders.has(id)) throw this.#invalid('id', `order id ${JSON.stringify(id)} is used twice`)
    this.#orders.set(id, { market: intent.market, account: intent.account })
  }

  #invalid(column: string, message: string): ZkclearError {
    return new ZkclearError('FLOW_INVALID', message, { path: `flow[${this.summary.intents - 1}].${column}` })
  }

  #advance(time: bigint): ReplayedBatch[] {
    if (this.#timestamp !== undefined && time < this.#timestamp + (this.#options.tickSeconds ?? 1n)) return []
    this.#timestamp = time
    const done = [...this.#workOff(() => true), ...this.#complete(this.#builder.update(this.#context(time)))]
    if (this.#builder.pending !== undefined) this.#tracker.observe(this.#builder.pending)
    return done
  }

  /** Works off the order in hand if the cancel may mean that one: only then is its sequence number known. */
  #settleHand(id: string): ReplayedBatch[] {
    const { pending } = this.#builder
    if (pending === undefined || this.#tracker.placeOf(id) !== undefined) return []
    return pending.after.books.get(pending.context.market)!.hand === undefined
      ? []
      : this.#complete(this.#builder.finish())
  }

  /** The messages that can be sent, with nonces in a row; of an order that never rested there is no cancel. */
  #messages(intents: readonly Intent[]): Message[] {
    const messages: Message[] = []
    for (const intent of intents) {
      const terms = this.#terms(intent)
      if (terms === undefined) {
        this.summary.unsent++
        continue
      }
      const message = { ...terms, nonce: this.#nextNonce(terms.account) + BigInt(messages.length) }
      if (intent.kind === 'order') this.#tracker.name(message, intent.id)
      messages.push(message)
    }
    return messages
  }

  #terms(intent: Intent): Omit<LimitOrder, 'nonce'> | Omit<Cancel, 'nonce'> | Omit<CancelAll, 'nonce'> | undefined {
    if (intent.kind === 'order') {
      const { id: _, time: __, bundle: ___, ...order } = intent
      return order
    }
    if (intent.kind === 'cancel-all') {
      const { kind, market, account, side } = intent
      return { kind, market, account, side }
    }
    const place = this.#tracker.placeOf(intent.id)
    return place === undefined ? undefined : { kind: 'cancel', ...place }
  }

  #nextNonce(account: number): bigint {
    return (this.#nonces.get(account) ?? accountAt(this.#options.state, account)?.nonce ?? 0n) + 1n
  }

  #sign(messages: readonly Message[]): SignedBundle {
    const { keys, domain, state } = this.#options
    const index = messages[0]!.account
    const account = accountAt(state, index)
    if (keys === undefined || account === undefined) return { messages, signature: { R8x: 0n, R8y: 0n, S: 0n } }
    const key = keys.get(index)
    if (key === undefined) {
      throw new ZkclearError('INPUT_INVALID', `no private key for account ${index}, which the flow uses`, {
        path: 'keys',
      })
    }
    if (!this.#vettedKeys.has(index)) {
      const { x, y } = tradingKey(key)
      if (x !== account.tradingKey.x || y !== account.tradingKey.y) {
        const told = `the private key of account ${index} does not belong to its trading key`
        throw new ZkclearError('INPUT_INVALID', told, { path: 'keys' })
      }
      this.#vettedKeys.add(index)
    }
    return signBundle(messages, domain, key)
  }

  #complete(batches: readonly TradeBatch[]): ReplayedBatch[] {
    return batches.map((transition) => {
      const trades = this.#tracker.complete(transition)
      this.#count(transition, trades)
      return { number: this.summary.batches, transition, trades }
    })
  }

  #count({ bundles, steps, after, context }: TradeBatch, trades: readonly FlowTrade[]): void {
    const { summary } = this
    summary.batches++
    summary.messages += messagesOf({ bundles }).length
    summary.trades += trades.length
    for (const { size } of trades) summary.lots += size
    for (const { kind, evicted } of steps) {
      if (kind === 'no-effect') summary.withoutEffect++
      if (kind === 'cancel-missed') summary.cancelsMissed++
      if (evicted) summary.evicted++
    }
    if (after.books.get(context.market)!.hand !== undefined) summary.carried++
  }
}

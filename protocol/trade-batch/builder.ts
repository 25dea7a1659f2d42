import type { TradingKey } from '../account.ts'
import { bookSalt } from '../book.ts'
import { messagesOf, type SignedBundle } from '../bundle.ts'
import { ZkclearError } from '../errors.ts'
import { isSignatureValid } from '../signature.ts'
import { accountAt, type State } from '../state.ts'
import { TradeBatchInProgress, type TradeBatchUnchecked } from './apply.ts'
import { deadInTheWay } from './dead-orders.ts'
import { type MessageRefusal, refusal } from './refusal.ts'
import type { TradeBatch, TradeBatchContext } from './trade-batch.ts'

/** A bundle that was left out, and why: refused (protocol.md#refusal), or it would have made its batch unprovable. */
export interface RefusedBundle {
  readonly bundle: SignedBundle
  readonly reason: MessageRefusal | 'MARGIN' | 'STEPS' | 'MESSAGES' | 'SIGNATURES' | 'CASH_WIDTH' | 'LOSS_SPREAD'
}

/** What batches of all markets are applied under. */
export type TradeBatchTerms = Omit<TradeBatchContext, 'market' | 'newSalt'>

export interface TradeBatchBuilderOptions {
  /** Sizes, time, domain and risk table of the batches to come; the market follows the messages. */
  readonly context: TradeBatchTerms
  /** Secret of the venue from which the salts of its books follow. Left out, books stay without: fit for tests alone. */
  readonly bookSecret?: bigint
  readonly unchecked?: TradeBatchUnchecked
  /** Messages after which a batch takes no more, but for those of its first bundle; the sizes' number unless less is wanted. */
  readonly maxMessages?: number
  /** Whether batches may begin with unsigned cancels that nobody pushed, of dead orders that a bundle crosses. Default true. */
  readonly clearsDead?: boolean
}

/** The unfinished batch: as it would come out now, and as more bundles may join it. */
interface Pending {
  readonly batch: TradeBatch
  readonly open: TradeBatchInProgress
}

interface Cleared {
  readonly batches: readonly TradeBatch[]
  readonly pending: Pending
}

/**
 * Cuts a stream of bundles into batches that can be proved, never within a bundle. One that a batch cannot take is tried at the
 * start of a fresh one, and left out only if it is unprovable there too, also after the dead orders that it crosses have been taken
 * back by unsigned cancels (protocol.md#barred), in batches before it. Batches come out in order: each `push` returns those that it
 * completed, `finish` the rest, until no order is in hand.
 *
 * @example
 * const context = { sizes: TRADE_BATCH_SIZES.small, timestamp: 1_700_000_000n, domain, riskTable }
 * const builder = new TradeBatchBuilder(state, { context })
 * const batches = [...builder.push(bundle), ...builder.finish()]
 * for (const { reason } of builder.refused) console.log(reason)
 */
export class TradeBatchBuilder {
  readonly refused: RefusedBundle[] = []
  readonly #maxMessages: number
  readonly #clearsDead: boolean
  readonly #unchecked: TradeBatchUnchecked
  readonly #bookSecret: bigint | undefined
  #context: TradeBatchTerms
  /** What {@link #contextOf} gave, by market: each has a hash in it. Forks share it. */
  #contexts: Map<number, TradeBatchContext>
  #start: State
  #pending: Pending | undefined

  constructor(
    state: State,
    { context, bookSecret, unchecked, maxMessages, clearsDead }: TradeBatchBuilderOptions,
    /** For {@link fork} alone: whose unfinished batch this one has too. */
    forked?: TradeBatchBuilder,
  ) {
    this.#start = state
    this.#context = context
    this.#bookSecret = bookSecret
    this.#unchecked = unchecked ?? { signatures: true, messageChain: true }
    this.#maxMessages = Math.min(maxMessages ?? context.sizes.messages, context.sizes.messages)
    this.#clearsDead = clearsDead ?? true
    this.#contexts = forked === undefined ? new Map() : forked.#contexts
    this.#pending = forked === undefined ? this.#carried() : forked.#pending
  }

  /** Another builder that stands where this one does, and has refused nothing yet; what either is given, the other does not see. */
  fork(): TradeBatchBuilder {
    const [context, unchecked, maxMessages] = [this.#context, this.#unchecked, this.#maxMessages]
    const options = { context, unchecked, maxMessages, clearsDead: this.#clearsDead }
    const secret = this.#bookSecret === undefined ? {} : { bookSecret: this.#bookSecret }
    return new TradeBatchBuilder(this.#start, { ...options, ...secret }, this)
  }

  /** The state after every batch so far, the unfinished one included. */
  get state(): State {
    return this.#pending?.batch.after ?? this.#start
  }

  /** The unfinished batch as it would come out now; its bundles and steps only grow until it does. */
  get pending(): TradeBatch | undefined {
    return this.#pending?.batch
  }

  push(bundle: SignedBundle): TradeBatch[] {
    const refused = this.#refusal(bundle)
    if (refused !== undefined) {
      this.refused.push({ bundle, reason: refused })
      return []
    }
    const { market } = bundle.messages[0]!
    const context = this.#contextOf(market)
    const done = this.pending?.context.market === market ? [] : this.finish()
    this.#pending ??= this.#begin(this.#start, context)
    const pending = this.#pending
    if (this.#mayTake(pending.batch, bundle)) {
      const extended = this.#extend(pending.open, bundle)
      if (!(extended instanceof ZkclearError)) {
        this.#pending = extended
        return done
      }
    }
    return [...done, ...this.#tryFresh(pending, bundle)]
  }

  /** Ends the unfinished batch and works off the order in hand. */
  finish(): TradeBatch[] {
    const done: TradeBatch[] = []
    while (this.#pending !== undefined && !isIdle(this.#pending)) {
      const { batch } = this.#pending
      done.push(batch)
      this.#start = batch.after
      this.#pending = this.#begin(this.#start, batch.context)
    }
    this.#pending = undefined
    return done
  }

  /** New time or risk table for what follows. Completes the unfinished batch first; an order in hand meets the new ones. */
  update(context: TradeBatchTerms): TradeBatch[] {
    const last = this.#pending
    this.#start = this.state
    this.#context = context
    this.#contexts = new Map()
    this.#pending = this.#carried()
    return last === undefined || isIdle(last) ? [] : [last.batch]
  }

  #mayTake({ bundles }: TradeBatch, bundle: SignedBundle): boolean {
    return bundles.length === 0 || messagesOf({ bundles: [...bundles, bundle] }).length <= this.#maxMessages
  }

  /** Places the bundle first in a fresh batch after the pending one; refuses it, without a cut, if that fails too. */
  #tryFresh(pending: Pending, bundle: SignedBundle): TradeBatch[] {
    const done: TradeBatch[] = []
    for (let last = pending; ; ) {
      const { after, context } = last.batch
      if (!isIdle(last)) done.push(last.batch)
      const fresh = this.#open(after, context)
      const next = this.#extend(fresh, bundle)
      if (next instanceof ZkclearError) {
        if (after.books.get(context.market)!.hand !== undefined) {
          last = { open: fresh, batch: fresh.finish() }
          continue
        }
        const cleared = this.#clearsDead ? this.#clear(after, context, bundle) : undefined
        if (cleared === undefined) {
          this.refused.push({ bundle, reason: next.details.reason as RefusedBundle['reason'] })
          return []
        }
        this.#start = cleared.batches.at(-1)!.after
        this.#pending = cleared.pending
        return [...done, ...cleared.batches]
      }
      this.#start = after
      this.#pending = next
      return done
    }
  }

  /** Batches that take back the dead orders which a bundle crosses, and the one that it begins then; undefined if it fits into none. */
  #clear(state: State, context: TradeBatchContext, bundle: SignedBundle): Cleared | undefined {
    const batches: TradeBatch[] = []
    let last = this.#begin(state, context)
    for (const cancel of deadInTheWay(state, context, bundle)) {
      let next = this.#mayTake(last.batch, cancel) ? this.#extend(last.open, cancel) : undefined
      if (!isPending(next) && !isIdle(last)) {
        batches.push(last.batch)
        next = this.#extend(this.#open(last.batch.after, context), cancel)
      }
      if (!isPending(next)) return undefined
      last = next
    }
    if (isIdle(last)) return undefined
    batches.push(last.batch)
    const pending = this.#extend(this.#open(last.batch.after, context), bundle)
    return pending instanceof ZkclearError ? undefined : { batches, pending }
  }

  /** The batch that goes on with an order in hand, if there is one. */
  #carried(): Pending | undefined {
    for (const [market, book] of this.#start.books.entries()) {
      if (book.hand !== undefined) return this.#begin(this.#start, this.#contextOf(market))
    }
    return undefined
  }

  #contextOf(market: number): TradeBatchContext {
    const known = this.#contexts.get(market)
    if (known !== undefined) return known
    const secret = this.#bookSecret
    const salted = secret === undefined ? {} : { newSalt: bookSalt(secret, market) }
    const context = { ...this.#context, market, ...salted }
    this.#contexts.set(market, context)
    return context
  }

  #begin(state: State, context: TradeBatchContext): Pending {
    const open = this.#open(state, context)
    return { open, batch: open.finish() }
  }

  #open(state: State, context: TradeBatchContext): TradeBatchInProgress {
    return TradeBatchInProgress.begin(state, context, { ...this.#unchecked, signatures: false })
  }

  /** The batch with one bundle more, or why that cannot be proved. */
  #extend(open: TradeBatchInProgress, bundle: SignedBundle): Pending | ZkclearError {
    try {
      const extended = open.with(bundle)
      return { open: extended, batch: extended.finish() }
    } catch (error) {
      // What an order in hand met before its batch was cut may be gone when it is worked off.
      if (error instanceof ZkclearError && ['BATCH_UNPROVABLE', 'MESSAGE_REFUSED'].includes(error.code)) return error
      throw error
    }
  }

  #refusal(bundle: SignedBundle): MessageRefusal | undefined {
    const [first] = bundle.messages
    if (first === undefined) return 'MALFORMED'
    if (first.market >= this.#start.shape.markets) return 'OTHER_MARKET'
    const book = this.state.books.get(first.market)!
    const context = { ...this.#contextOf(first.market), book }
    const isSignedBy = (key: TradingKey) => isSignatureValid(bundle, context.domain, key)
    const account = accountAt(this.state, first.account)
    return refusal(bundle, account, context, this.#unchecked.signatures ? isSignedBy : undefined)
  }
}

function isPending(next: Pending | ZkclearError | undefined): next is Pending {
  return next !== undefined && !(next instanceof ZkclearError)
}

function isIdle({ batch }: Pending): boolean {
  return batch.steps.length === 0
}

import { bookSalt } from '../book.ts'
import { ZkclearError } from '../errors.ts'
import type { SignedMessage } from '../message.ts'
import { accountAt, type State } from '../state.ts'
import { TradeBatchInProgress, type TradeBatchUnchecked } from './apply.ts'
import { type MessageRefusal, refusal } from './refusal.ts'
import type { TradeBatch, TradeBatchContext } from './trade-batch.ts'

/** A message that was left out, and why: refused (protocol.md#refusal), or it would have made its batch unprovable. */
export interface RefusedMessage {
  readonly signed: SignedMessage
  readonly reason: MessageRefusal | 'MARGIN' | 'STEPS' | 'MESSAGES' | 'CASH_WIDTH'
}

/** What batches of all markets are applied under. */
export type TradeBatchTerms = Omit<TradeBatchContext, 'market' | 'newSalt'>

export interface TradeBatchBuilderOptions {
  /** Sizes, time, domain and risk table of the batches to come; the market follows the messages. */
  readonly context: TradeBatchTerms
  /** Secret of the venue from which the salts of its books follow. Left out, books stay without: fit for tests alone. */
  readonly bookSecret?: bigint
  readonly unchecked?: TradeBatchUnchecked
  /** Messages per batch at most; the sizes' number unless less is wanted. */
  readonly maxMessages?: number
}

/** The unfinished batch: as it would come out now, and as more messages may join it. */
interface Pending {
  readonly batch: TradeBatch
  readonly open: TradeBatchInProgress
}

/**
 * Cuts a stream of messages into batches that can be proved. What a batch cannot take is tried at the start of a fresh
 * one, and left out only if it is unprovable there too. Batches come out in order: each `push` returns those that it
 * completed, `finish` the rest, until no order is in hand.
 *
 * @example
 * const context = { sizes: TRADE_BATCH_SIZES.small, timestamp: 1_700_000_000n, domain, riskTable }
 * const builder = new TradeBatchBuilder(state, { context })
 * const batches = [...builder.push(signed), ...builder.finish()]
 * for (const { reason } of builder.refused) console.log(reason)
 */
export class TradeBatchBuilder {
  readonly refused: RefusedMessage[] = []
  readonly #maxMessages: number
  readonly #unchecked: TradeBatchUnchecked
  readonly #bookSecret: bigint | undefined
  #context: TradeBatchTerms
  #start: State
  #pending: Pending | undefined

  constructor(state: State, { context, bookSecret, unchecked, maxMessages }: TradeBatchBuilderOptions) {
    this.#start = state
    this.#context = context
    this.#bookSecret = bookSecret
    this.#unchecked = unchecked ?? { signatures: true, messageChain: true }
    this.#maxMessages = Math.min(maxMessages ?? context.sizes.messages, context.sizes.messages)
    this.#pending = this.#carried()
  }

  /** The state after every batch so far, the unfinished one included. */
  get state(): State {
    return this.#pending?.batch.after ?? this.#start
  }

  /** The unfinished batch as it would come out now; its messages and steps only grow until it does. */
  get pending(): TradeBatch | undefined {
    return this.#pending?.batch
  }

  push(signed: SignedMessage): TradeBatch[] {
    const { message } = signed
    const account = accountAt(this.state, message.account)
    const context = this.#contextOf(message.market)
    const refused = this.#refusal(signed, account, context)
    if (refused !== undefined) {
      this.refused.push({ signed, reason: refused })
      return []
    }
    const done = this.pending?.context.market === message.market ? [] : this.finish()
    this.#pending ??= this.#begin(this.#start, context)
    const pending = this.#pending
    if (pending.batch.messages.length < this.#maxMessages) {
      const extended = this.#extend(pending.open, signed)
      if (!(extended instanceof ZkclearError)) {
        this.#pending = extended
        return done
      }
    }
    return [...done, ...this.#tryFresh(pending, signed)]
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
    this.#pending = this.#carried()
    return last === undefined || isIdle(last) ? [] : [last.batch]
  }

  /** Places the message first in a fresh batch after the pending one; refuses it, without a cut, if that fails too. */
  #tryFresh(pending: Pending, signed: SignedMessage): TradeBatch[] {
    const done: TradeBatch[] = []
    for (let last = pending; ; ) {
      const { after, context } = last.batch
      if (!isIdle(last)) done.push(last.batch)
      const fresh = this.#open(after, context)
      const next = this.#extend(fresh, signed)
      if (next instanceof ZkclearError) {
        if (after.books.get(context.market)!.hand === undefined) {
          this.refused.push({ signed, reason: next.details.reason as RefusedMessage['reason'] })
          return []
        }
        last = { open: fresh, batch: fresh.finish() }
        continue
      }
      this.#start = after
      this.#pending = next
      return done
    }
  }

  /** The batch that goes on with an order in hand, if there is one. */
  #carried(): Pending | undefined {
    for (const [market, book] of this.#start.books.entries()) {
      if (book.hand !== undefined) return this.#begin(this.#start, this.#contextOf(market))
    }
    return undefined
  }

  #contextOf(market: number): TradeBatchContext {
    const context = { ...this.#context, market }
    return this.#bookSecret === undefined ? context : { ...context, newSalt: bookSalt(this.#bookSecret, market) }
  }

  #begin(state: State, context: TradeBatchContext): Pending {
    const open = this.#open(state, context)
    return { open, batch: open.finish() }
  }

  #open(state: State, context: TradeBatchContext): TradeBatchInProgress {
    return TradeBatchInProgress.begin(state, context, { ...this.#unchecked, signatures: false })
  }

  /** The batch with one message more, or why that cannot be proved. */
  #extend(open: TradeBatchInProgress, signed: SignedMessage): Pending | ZkclearError {
    try {
      const extended = open.with(signed)
      return { open: extended, batch: extended.finish() }
    } catch (error) {
      if (error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE') return error
      throw error
    }
  }

  #refusal(
    signed: SignedMessage,
    account: Parameters<typeof refusal>[1],
    context: TradeBatchContext,
  ): MessageRefusal | undefined {
    if (signed.message.market >= this.#start.shape.markets) return 'OTHER_MARKET'
    return refusal(signed, account, context, this.#unchecked.signatures)
  }
}

function isIdle({ batch }: Pending): boolean {
  return batch.steps.length === 0
}

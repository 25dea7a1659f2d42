import { ZkclearError } from './errors.ts'
import { applyBatchUnchecked, type BatchContext, type Transition, type UncheckedOptions } from './ledger.ts'
import type { SignedMessage } from './message.ts'
import { type Refusal, refusal } from './refusal.ts'
import { accountAt, type State } from './state.ts'

/** A message that was left out, and why: refused (protocol.md#refusal), or it would have made its batch unprovable. */
export interface Refused {
  readonly signed: SignedMessage
  readonly reason: Refusal | 'MARGIN' | 'STEPS' | 'MESSAGES' | 'CASH_WIDTH'
}

export interface BatchBuilderOptions {
  /** Sizes, time, domain and risk table of the batches to come; the market follows the messages. */
  readonly context: Omit<BatchContext, 'market'>
  readonly unchecked?: UncheckedOptions
  /** Messages per batch at most; the sizes' number unless less is wanted. */
  readonly maxMessages?: number
}

/**
 * Cuts a stream of messages into batches that can be proved. What a batch cannot take is tried at the start of a fresh
 * one, and left out only if it is unprovable there too. Batches come out in order: each `push` returns those that it
 * completed, `finish` the rest, until no order is in hand.
 */
export class BatchBuilder {
  readonly refused: Refused[] = []
  readonly #maxMessages: number
  readonly #unchecked: UncheckedOptions
  #context: Omit<BatchContext, 'market'>
  #start: State
  #pending: Transition | undefined

  constructor(state: State, { context, unchecked, maxMessages }: BatchBuilderOptions) {
    this.#start = state
    this.#context = context
    this.#unchecked = unchecked ?? { signatures: true, messageChain: true }
    this.#maxMessages = Math.min(maxMessages ?? context.sizes.messages, context.sizes.messages)
    this.#pending = this.#carried()
  }

  /** The state after every batch so far, the unfinished one included. */
  get state(): State {
    return this.#pending?.after ?? this.#start
  }

  /** The unfinished batch as it would come out now; its messages and steps only grow until it does. */
  get pending(): Transition | undefined {
    return this.#pending
  }

  push(signed: SignedMessage): Transition[] {
    const { message } = signed
    const account = accountAt(this.state, message.account)
    const context = { ...this.#context, market: message.market }
    const refused = this.#refusal(signed, account, context)
    if (refused !== undefined) {
      this.refused.push({ signed, reason: refused })
      return []
    }
    const done = this.#pending?.context.market === message.market ? [] : this.finish()
    this.#pending ??= this.#apply(this.#start, [], context)
    const pending = this.#pending
    if (pending.messages.length < this.#maxMessages) {
      const extended = this.#try(pending.before, [...pending.messages, signed], context)
      if (!(extended instanceof ZkclearError)) {
        this.#pending = extended
        return done
      }
    }
    return [...done, ...this.#tryFresh(pending, signed)]
  }

  /** Ends the unfinished batch and works off the order in hand. */
  finish(): Transition[] {
    const done: Transition[] = []
    while (this.#pending !== undefined && !isIdle(this.#pending)) {
      done.push(this.#pending)
      this.#start = this.#pending.after
      this.#pending = this.#apply(this.#start, [], this.#pending.context)
    }
    this.#pending = undefined
    return done
  }

  /** New time or risk table for what follows. Completes the unfinished batch first; an order in hand meets the new ones. */
  update(context: Omit<BatchContext, 'market'>): Transition[] {
    const last = this.#pending
    this.#start = this.state
    this.#context = context
    this.#pending = this.#carried()
    return last === undefined || isIdle(last) ? [] : [last]
  }

  /** Places the message first in a fresh batch after the pending one; refuses it, without a cut, if that fails too. */
  #tryFresh(pending: Transition, signed: SignedMessage): Transition[] {
    const done: Transition[] = []
    for (let last = pending; ; last = this.#apply(last.after, [], last.context)) {
      if (!isIdle(last)) done.push(last)
      const next = this.#try(last.after, [signed], last.context)
      if (next instanceof ZkclearError) {
        if (last.after.books.get(last.context.market)!.hand === undefined) {
          this.refused.push({ signed, reason: next.details.reason as Refused['reason'] })
          return []
        }
        continue
      }
      this.#start = last.after
      this.#pending = next
      return done
    }
  }

  /** The batch that goes on with an order in hand, if there is one. */
  #carried(): Transition | undefined {
    for (const [market, book] of this.#start.books.entries()) {
      if (book.hand !== undefined) return this.#apply(this.#start, [], { ...this.#context, market })
    }
    return undefined
  }

  #try(state: State, messages: readonly SignedMessage[], context: BatchContext): Transition | ZkclearError {
    try {
      return this.#apply(state, messages, context)
    } catch (error) {
      if (error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE') return error
      throw error
    }
  }

  #apply(state: State, messages: readonly SignedMessage[], context: BatchContext): Transition {
    return applyBatchUnchecked(state, messages, context, { ...this.#unchecked, signatures: false })
  }

  #refusal(signed: SignedMessage, account: Parameters<typeof refusal>[1], context: BatchContext): Refusal | undefined {
    return refusal(signed, account, context, this.#unchecked.signatures)
  }
}

function isIdle(batch: Transition): boolean {
  return batch.steps.length === 0
}

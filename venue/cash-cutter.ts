import { applyCashBatch, type CashBatch } from '../protocol/cash-batch/cash-batch.ts'
import { type CashOperation, kindOf } from '../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../protocol/cash-batch/slot.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { State } from '../protocol/state.ts'

/** Why no batch takes an operation. */
export interface CashRefusal {
  /** What programs match on, such as EXPIRED, MARGIN or STALE. */
  readonly reason: string
  readonly message: string
}

/** Cuts a stream of cash operations into batches that can be proved. */
export class CashCutter {
  readonly batches: CashBatch[] = []
  readonly #context: CashBatchContext
  readonly #mostBatches: number
  #state: State
  #vault: readonly bigint[]
  #pending: CashOperation[] = []
  /** Slots that they take. */
  #used = 0
  /** Where the unfinished batch begins. */
  #before: State
  #vaultBefore: readonly bigint[]

  constructor(state: State, context: CashBatchContext, mostBatches: number) {
    this.#context = context
    this.#mostBatches = mostBatches
    this.#state = state
    this.#before = state
    this.#vault = context.vault
    this.#vaultBefore = context.vault
  }

  /** The state after all operations so far, those of the unfinished batch included. */
  get state(): State {
    return this.#state
  }

  /** Applies one operation. Gives why no batch takes it, and FULL if there can be no further batch. */
  push(operation: CashOperation): CashRefusal | undefined {
    if (this.batches.length >= this.#mostBatches) return FULL
    const alone = this.#attempt(operation)
    if ('reason' in alone) return alone
    const slots = alone.slots.length
    const isFull = this.#used + slots > this.#context.sizes.slots
    if (isFull || (kindOf(operation) === 'FLAG' && this.#used > 0)) {
      this.finish()
      if (this.batches.length >= this.#mostBatches) return FULL
    }
    this.#pending.push(operation)
    this.#used += slots
    this.#state = alone.after
    this.#vault = alone.vault
    return undefined
  }

  /** Ends the unfinished batch, with the sweep of a market's fees if one is asked for: then also without operations. */
  finish(sweepMarket?: number): void {
    if (this.#pending.length === 0 && sweepMarket === undefined) return
    const context = { ...this.#context, vault: this.#vaultBefore }
    const batch = applyCashBatch(this.#before, this.#pending, context, sweepMarket)
    this.batches.push(batch)
    this.#pending = []
    this.#used = 0
    this.#state = batch.after
    this.#before = batch.after
    this.#vaultBefore = batch.vault
  }

  /** What an operation does is the same wherever batches are cut. */
  #attempt(operation: CashOperation): CashBatch | CashRefusal {
    try {
      return applyCashBatch(this.#state, [operation], { ...this.#context, vault: this.#vault })
    } catch (error) {
      if (!(error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE')) throw error
      // Its place in a batch of its own says nothing.
      return { reason: String(error.details.reason), message: error.message.replace(/^operation 0: /, '') }
    }
  }
}

export const FULL: CashRefusal = {
  reason: 'FULL',
  message: 'there are as many batches as were asked for; serve it in the next run',
}

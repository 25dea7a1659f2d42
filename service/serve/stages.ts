import type { Stage } from '../../client/wire/operator.ts'
import { operationsOf } from '../../protocol/cash-batch/cash-batch.ts'
import type { BatchCircuit } from '../sequencer/batch-circuits.ts'
import type { SealedBatch } from '../sequencer/state.ts'
import type { ReducedStep } from '../writer/writer.ts'

/** What is known of a batch on its way; times are unix milliseconds. */
export interface StagedBatch {
  readonly index: number
  readonly circuit: BatchCircuit
  /** Of traders. */
  readonly messages: number
  /** What a cash batch does: the queue's operations, traders' messages, the venue's own, and the sweep of a book. 0 of other batches. */
  readonly operations: number
  readonly timestamp: bigint
  readonly times: Readonly<Partial<Record<Stage, number>>>
}

/** Batches that are final, of which the times are kept. */
const KEPT = 32

/** When each batch reached which stage, as far as this process saw it. A batch that is made anew begins anew. */
export class Stages {
  readonly #batches = new Map<number, StagedBatch>()
  readonly #onStage: (batch: StagedBatch, stage: Stage) => void
  readonly #now: () => number

  /** Knows batches that are there when the process begins, and not when they came. */
  constructor(
    batches: readonly SealedBatch[],
    onStage: (batch: StagedBatch, stage: Stage) => void = () => undefined,
    now: () => number = Date.now,
  ) {
    for (const batch of batches) this.#batches.set(batch.index, stagedOf(batch))
    this.#onStage = onStage
    this.#now = now
  }

  /** Oldest first. */
  get list(): readonly StagedBatch[] {
    return [...this.#batches.values()].toSorted((one, other) => one.index - other.index)
  }

  at(index: number): StagedBatch | undefined {
    return this.#batches.get(index)
  }

  /** What records did, once they are on disk. */
  hear(steps: readonly ReducedStep[]): void {
    for (const { record, before, effects } of steps) {
      if (record.kind === 'sent') this.#sent(before.batches, record.index)
      for (const effect of effects) {
        if (effect.kind === 'sealed') this.#begin(effect.batch)
        else if (effect.kind === 'reproved') this.#begin(effect.batch)
        else if (effect.kind === 'dropped') this.#batches.delete(effect.index)
        else if (effect.kind === 'finality') this.#reach(effect.index, STAGE_OF[effect.state])
      }
    }
  }

  /** Its witness is known to hold. */
  witnessed(index: number): void {
    this.#reach(index, 'witnessed')
  }

  #begin(batch: SealedBatch): void {
    this.#batches.set(batch.index, stagedOf(batch))
    this.#reach(batch.index, 'cut')
  }

  #sent(batches: readonly SealedBatch[], last: number): void {
    for (const { index, sent } of batches) if (index <= last && !sent) this.#reach(index, 'sent')
  }

  /** Stage undefined: the chain took it back. */
  #reach(index: number, stage: Stage | undefined): void {
    const batch = this.#batches.get(index)
    if (batch === undefined) return
    if (stage === undefined) {
      const { mined: _, ...times } = batch.times
      this.#batches.set(index, { ...batch, times })
      return
    }
    const reached = { ...batch, times: { ...batch.times, [stage]: this.#now() } }
    this.#batches.set(index, reached)
    this.#onStage(reached, stage)
    if (stage === 'final') this.#batches.delete(index - KEPT)
  }
}

const STAGE_OF = { proved: 'proved', settled: 'mined', final: 'final', unsettled: undefined } as const

function stagedOf({ index, work, items }: SealedBatch): StagedBatch {
  const { timestamp } = work.transition.context
  return {
    index,
    circuit: work.circuit,
    messages: items.length,
    operations: operationCount(work),
    timestamp,
    times: {},
  }
}

function operationCount(work: SealedBatch['work']): number {
  if (work.circuit !== 'cash-batch') return 0
  const { transition } = work
  return operationsOf(transition).length + (transition.sweep === undefined ? 0 : 1)
}

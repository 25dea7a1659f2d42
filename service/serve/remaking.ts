import type { RewindCause } from '../sequencer/record.ts'
import { isSameTable } from '../sequencer/same-table.ts'
import { type SealedBatch, type SequencerState, unsettled } from '../sequencer/state.ts'
import type { ProofReport } from './proofs.ts'

/** A rewind to the last settled batch that is to come: of the one that leads to that root, if it is for its sake. */
export interface Wanted {
  readonly cause: RewindCause
  readonly root?: bigint | undefined
  /** Records of messages to leave out. */
  readonly without?: readonly number[] | undefined
}

/** What is to come of two wishes: what an operator asked for leaves its messages out whatever else is asked for, and makes all of it anew too. */
export function bothWanted(before: Wanted | undefined, next: Wanted): Wanted {
  if (before?.cause !== 'OPERATOR') return next
  if (next.cause !== 'OPERATOR') return before
  return { cause: 'OPERATOR', without: [...new Set([...(before.without ?? []), ...(next.without ?? [])])] }
}

/** What is still to be made anew of it: messages that are settled or refused meanwhile need not be left out any more. */
export function stillWanted(wanted: Wanted | undefined, state: SequencerState): Wanted | undefined {
  if (wanted?.without === undefined) return wanted
  const known = messagesOf(state)
  const without = wanted.without.filter((record) => known.has(record))
  return without.length === 0 ? undefined : { ...wanted, without }
}

/** So often a batch is made anew for one cause, before a person has to look. */
const MOST_TRIES = 3

/** Counts how often the batch of a number was made anew for one cause, so that this has an end. */
export class Tries {
  #batch = 0
  #tries = 0

  /** Whether it may be made anew once more; that counts. */
  mayTry(batch: number): boolean {
    if (batch !== this.#batch) this.#tries = 0
    this.#batch = batch
    return ++this.#tries <= MOST_TRIES
  }
}

/** The records of messages that a rewind makes anew. */
export function messagesOf(state: SequencerState): ReadonlySet<number> {
  const items = [...unsettled(state).flatMap((batch) => batch.items), ...state.open.items, ...state.waiting]
  return new Set(items.map(({ record }) => record))
}

/** Whether the next batch, refused as it is, would come out another one: with a table that is out of force it would not before a newer one is known. */
export function helpsToRemake(refusal: string | undefined, state: SequencerState): boolean {
  if (refusal !== 'RiskTableNotInForce') return true
  const table = unsettled(state)[0]?.work.transition.context.riskTable
  return table === undefined || state.table === undefined || !isSameTable(table, state.table)
}

/**
 * The next batch, if its job found no witness and it would come out another one, since time has passed: at another time, with what came
 * since, its witness may be there; and of a worker that only says so, the next one gets something else to try. `now`: unix seconds.
 */
export function batchWithoutWitness(
  reports: readonly Pick<ProofReport, 'batch' | 'state'>[],
  { settledIndex, now }: { readonly settledIndex: number; readonly now: bigint },
): SealedBatch | undefined {
  const next = reports.find(({ batch }) => batch.index === settledIndex + 1)
  if (next?.state !== 'failed') return undefined
  return next.batch.work.transition.context.timestamp < now ? next.batch : undefined
}

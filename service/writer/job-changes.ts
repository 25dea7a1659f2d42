import type { JobChange } from '../jobs/change-jobs.ts'
import { jobId, jobOf } from '../jobs/new-job.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import type { BatchCircuit } from '../sequencer/batch-circuits.ts'
import type { Effect } from '../sequencer/effects.ts'
import { noteStatement, statementOf } from '../sequencer/instance.ts'
import { type SealedBatch, type SequencerState, unsettled } from '../sequencer/state.ts'
import { type JobMaker, makesHere } from './job-maker.ts'

/** The circuits that prove batches, as they are built here. */
export type BatchCircuits = Readonly<Record<BatchCircuit, ServedCircuit>>

/** The jobs of batches under the keys that they were asked for last. */
const JOBS = new WeakMap<SealedBatch['work'], { readonly keyDigest: string; readonly id: Buffer }>()

/** The job that proves a sealed batch. */
export function jobOfBatch({ work }: SealedBatch, circuits: BatchCircuits): Buffer {
  const circuit = circuits[work.circuit]
  const known = JOBS.get(work)
  if (known?.keyDigest === circuit.keyDigest) return known.id
  const id = jobId(circuit, statementOf(work))
  JOBS.set(work, { keyDigest: circuit.keyDigest, id })
  return id
}

/** Number of the unsettled batch that a job proves; 0 if there is none. */
export function batchOfJob(state: SequencerState, job: Buffer, circuits: BatchCircuits): number {
  return unsettled(state).find((batch) => jobOfBatch(batch, circuits).equals(job))?.index ?? 0
}

/**
 * What one record changes among the jobs: a sealed batch is to be proved, and a dropped one need not be; once batches are final, the jobs go of
 * which no batch is left that may be settled yet. `before` and `after` are what was there when the record came, and what it led to.
 */
export async function jobChangesOf(
  effects: readonly Effect[],
  [before, after]: readonly [before: Line, after: Line],
  circuits: BatchCircuits,
  maker: JobMaker = makesHere,
): Promise<readonly JobChange[]> {
  const sealed = new Map(before.batches.map((batch) => [batch.index, batch]))
  const changes: (JobChange | Promise<JobChange>)[] = []
  for (const effect of effects) {
    if (effect.kind === 'dropped') {
      const batch = sealed.get(effect.index)
      if (batch !== undefined) changes.push({ withdraw: jobOfBatch(batch, circuits) })
    } else if (effect.kind === 'sealed' || effect.kind === 'reproved') {
      sealed.set(effect.batch.index, effect.batch)
      changes.push(enqueued(effect.batch, circuits, maker))
    }
  }
  if (effects.some((effect) => effect.kind === 'finality' && effect.state === 'final')) {
    const left = [...after.batches, ...after.dropped.map(({ batch }) => batch)]
    changes.push({ keep: left.map((batch) => jobOfBatch(batch, circuits)) })
  }
  return await Promise.all(changes)
}

/** Batches that are not final, and those that the chain may take yet. */
type Line = Pick<SequencerState, 'batches' | 'dropped'>

async function enqueued(batch: SealedBatch, circuits: BatchCircuits, maker: JobMaker): Promise<JobChange> {
  const { work } = batch
  const circuit = circuits[work.circuit]
  const content = await maker.make(batch, circuit)
  noteStatement(work, content.statement)
  return { enqueue: jobOf(circuit, content) }
}

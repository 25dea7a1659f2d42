import type { JobChange } from '../jobs/change-jobs.ts'
import { jobId, jobOf } from '../jobs/new-job.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import type { BatchCircuit } from '../sequencer/batch-circuits.ts'
import type { Effect } from '../sequencer/effects.ts'
import { noteStatement, statementOf } from '../sequencer/instance.ts'
import { type SealedBatch, type SequencerState, unsettled } from '../sequencer/state.ts'
import { reasonOf } from '../threads/reason.ts'
import { type JobMaker, makesHere } from './job-maker.ts'

/** The circuits that prove batches, as they are built here. */
export type BatchCircuits = Readonly<Record<BatchCircuit, ServedCircuit>>

/** The jobs of batches under the keys that they were asked for last. */
const JOBS = new WeakMap<SealedBatch['work'], { readonly keyDigest: string; readonly id: Buffer }>()

/** Batches that have no job: it is being made, or why it could not be. */
const MISSING = new WeakMap<SealedBatch['work'], 'being made' | { readonly why: string }>()

/** The job that proves a sealed batch. */
export function jobOfBatch({ work }: SealedBatch, circuits: BatchCircuits): Buffer {
  const circuit = circuits[work.circuit]
  const known = JOBS.get(work)
  if (known?.keyDigest === circuit.keyDigest) return known.id
  const id = jobId(circuit, statementOf(work))
  JOBS.set(work, { keyDigest: circuit.keyDigest, id })
  return id
}

/** Whether its job was made; what one that was not would be called takes as long to find out as to make it. */
export function hasJob({ work }: SealedBatch): boolean {
  return !MISSING.has(work)
}

/** Why none could be made, in words that hold nothing private; undefined where none had to be, it is there or is being made. */
export function whyUnmade({ work }: SealedBatch): string | undefined {
  const missing = MISSING.get(work)
  return missing === undefined || missing === 'being made' ? undefined : missing.why
}

/** Number of the unsettled batch that a job proves; 0 if there is none. */
export function batchOfJob(state: SequencerState, job: Buffer, circuits: BatchCircuits): number {
  return (
    unsettled(state)
      .filter(hasJob)
      .find((batch) => jobOfBatch(batch, circuits).equals(job))?.index ?? 0
  )
}

/** What is changed among the jobs, worked out when its turn comes; undefined: nothing, as there is no job. */
export type JobWork = () => JobChange | undefined | Promise<JobChange | undefined>

/**
 * What one record changes among the jobs: a sealed batch is to be proved, and a dropped one need not be; once batches are final, the jobs go of
 * which no batch is left that may be settled yet. `before` and `after` are what was there when the record came, and what it led to. Jobs are
 * being made from here on; what is withdrawn or kept has its job when the turn comes.
 */
export function jobWorksOf(
  effects: readonly Effect[],
  [before, after]: readonly [before: Line, after: Line],
  circuits: BatchCircuits,
  maker: JobMaker = makesHere,
): readonly JobWork[] {
  const works: JobWork[] = []
  // Most records are a message, and change nothing here.
  if (!effects.some(({ kind }) => CHANGING.includes(kind))) return works
  const sealed = new Map(before.batches.map((batch) => [batch.index, batch]))
  for (const effect of effects) {
    if (effect.kind === 'dropped') {
      const batch = sealed.get(effect.index)
      if (batch !== undefined) works.push(() => withdrawn(batch, circuits))
    } else if (effect.kind === 'sealed' || effect.kind === 'reproved') {
      sealed.set(effect.batch.index, effect.batch)
      MISSING.set(effect.batch.work, 'being made')
      works.push(() => enqueued(effect.batch, circuits, maker))
    }
  }
  if (effects.some((effect) => effect.kind === 'finality' && effect.state === 'final')) {
    const left = [...after.batches, ...after.dropped.map(({ batch }) => batch)]
    // One that has its job by now keeps it, though it is to be proved again before the turn comes.
    const had = new Set(left.filter(hasJob))
    const has = (batch: SealedBatch) => had.has(batch) || hasJob(batch)
    works.push(() => ({ keep: left.filter(has).map((batch) => jobOfBatch(batch, circuits)) }))
  }
  return works
}

/** What changes something among the jobs. */
const CHANGING: readonly Effect['kind'][] = ['sealed', 'dropped', 'reproved', 'finality']

/** Batches that are not final, and those that the chain may take yet. */
type Line = Pick<SequencerState, 'batches' | 'dropped'>

function withdrawn(batch: SealedBatch, circuits: BatchCircuits): JobChange | undefined {
  return hasJob(batch) ? { withdraw: jobOfBatch(batch, circuits) } : undefined
}

/** A batch of which no job can be made is as one that nobody finds a witness for: it stays without, and is made anew. */
async function enqueued(batch: SealedBatch, circuits: BatchCircuits, maker: JobMaker): Promise<JobChange | undefined> {
  const { work } = batch
  const circuit = circuits[work.circuit]
  try {
    const content = await maker.make(batch, circuit)
    noteStatement(work, content.statement)
    const job = jobOf(circuit, content)
    MISSING.delete(work)
    return { enqueue: job }
  } catch (error) {
    MISSING.set(work, { why: reasonOf(error) })
    return undefined
  }
}

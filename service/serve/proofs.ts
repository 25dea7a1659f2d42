import { requireCircuit } from '../../circuits/registry.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { StateProof } from '../../settlement/batch-arguments.ts'
import { readProof } from '../../verifier/index.ts'
import type { JobState } from '../jobs/jobs.ts'
import type { Queryable } from '../postgres/database.ts'
import { statementOf } from '../sequencer/instance.ts'
import type { SealedBatch, SequencerState } from '../sequencer/state.ts'
import { type BatchCircuits, hasJob, jobOfBatch, whyUnmade } from '../writer/job-changes.ts'

/** Where the proof of a batch stands. */
export interface ProofReport {
  readonly batch: SealedBatch
  /** Of the job, in hex; of a batch of which none could be made, nothing. */
  readonly id: string
  readonly state: JobState
  readonly attempts: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly changedAt: number
  readonly errorCode: string | null
  /** Why there is none, of a batch of which none could be made. */
  readonly why?: string | undefined
}

/** The jobs of the unsettled batches that are not known to be proved, in the order of the batches. */
export async function unprovedJobs(
  database: Queryable,
  { batches, settledIndex }: Pick<SequencerState, 'batches' | 'settledIndex'>,
  circuits: BatchCircuits,
): Promise<readonly ProofReport[]> {
  const unproved = batches.filter(({ index, proved }) => index > settledIndex && !proved)
  if (unproved.length === 0) return []
  const ids = new Map(unproved.filter(hasJob).map((batch) => [batch, jobOfBatch(batch, circuits)]))
  const rows = await database.query<Row>(
    `SELECT id, state, attempts, error_code, (extract(epoch FROM created_at) * 1000)::float8 AS created,
       (extract(epoch FROM changed_at) * 1000)::float8 AS changed
     FROM job WHERE id = ANY ($1)`,
    [[...ids.values()]],
  )
  const byId = new Map(rows.map((row) => [row.id.toString('hex'), row]))
  return unproved.flatMap((batch) => {
    const id = ids.get(batch)
    if (id === undefined) {
      const why = whyUnmade(batch)
      return why === undefined ? [] : [unmade(batch, why)]
    }
    const row = byId.get(id.toString('hex'))
    if (row === undefined) return []
    const { state, attempts, created: createdAt, changed: changedAt, error_code: errorCode } = row
    return [{ batch, id: row.id.toString('hex'), state, attempts, createdAt, changedAt, errorCode }]
  })
}

/** As a job that nobody finds a witness for. */
function unmade(batch: SealedBatch, why: string): ProofReport {
  const at = Number(batch.work.transition.context.timestamp) * 1000
  return { batch, id: '', state: 'failed', attempts: 0, createdAt: at, changedAt: at, errorCode: 'JOB_UNMADE', why }
}

interface Row {
  readonly id: Buffer
  readonly state: JobState
  readonly attempts: number
  readonly error_code: string | null
  readonly created: number
  readonly changed: number
}

/** The unsettled batches that have no job to be proved by, or are noted as proved and have no proof: a restore brings neither. */
export async function lostJobs(
  database: Queryable,
  { batches, settledIndex }: Pick<SequencerState, 'batches' | 'settledIndex'>,
  circuits: BatchCircuits,
): Promise<readonly SealedBatch[]> {
  const line = batches
    .filter(({ index }) => index > settledIndex)
    .map((batch) => [batch, idOf(batch, circuits)] as const)
  if (line.length === 0) return []
  const rows = await database.query<Pick<Row, 'id' | 'state'>>('SELECT id, state FROM job WHERE id = ANY ($1)', [
    line.flatMap(([, id]) => id ?? []),
  ])
  const states = new Map(rows.map(({ id, state }) => [id.toString('hex'), state]))
  return line.flatMap(([batch, id]) => {
    const state = states.get(id?.toString('hex') ?? '') ?? 'withdrawn'
    return state === 'withdrawn' || (batch.proved && state !== 'proved') ? [batch] : []
  })
}

/** undefined for a batch of which no job can be made: it is no reason not to start. */
function idOf(batch: SealedBatch, circuits: BatchCircuits): Buffer | undefined {
  try {
    return jobOfBatch(batch, circuits)
  } catch {
    return undefined
  }
}

/** The stored proofs of batches, in order. Throws DATABASE_REFUSED if one is missing. */
export async function proofsOfBatches(
  database: Queryable,
  batches: readonly SealedBatch[],
  circuits: BatchCircuits,
): Promise<readonly StateProof[]> {
  return await Promise.all(
    batches.map(async (batch) => {
      const proof = await proofOfBatch(database, batch, circuits)
      if (proof !== undefined) return proof
      throw new ZkclearError('DATABASE_REFUSED', `the proof of batch ${batch.index} is not in the database any more`)
    }),
  )
}

/** It was verified before it was stored. */
async function proofOfBatch(
  database: Queryable,
  batch: SealedBatch,
  circuits: BatchCircuits,
): Promise<StateProof | undefined> {
  const [row] = await database.query<{ proof: unknown }>(`SELECT proof FROM job WHERE id = $1 AND state = 'proved'`, [
    jobOfBatch(batch, circuits),
  ])
  if (row === undefined) return undefined
  const { circuit } = batch.work
  const proof = readProof('groth16', row.proof) as StateProof['proof']
  return { circuit: requireCircuit(circuit).name, proof, statement: statementOf(batch.work) }
}

import type { Queryable } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import type { NewJob } from './new-job.ts'

/** What a record of the journal changes: a statement is to be proved, or need not be any more; or no others than these will be asked for. */
export type JobChange =
  | { readonly enqueue: NewJob }
  | { readonly withdraw: Buffer }
  | { readonly keep: readonly Buffer[] }

/** The channel on which the id of a job, in hex, is told when a worker may take it, and that on which when it has ended. */
export const READY = 'ready'
export const ENDED = 'ended'

/** Tells in a statement that returns the ids of jobs. */
export function telling(channel: typeof READY | typeof ENDED, id = 'id'): string {
  return `pg_notify(current_schema() || '.${channel}', encode(${id}, 'hex'))`
}

/**
 * Makes the changes, within the transaction that writes why. A job that is there already stays as it is: with another input, it
 * begins anew unless it is proved; with one that has failed before, it has failed again. A job that was withdrawn begins anew. What is not
 * to be kept goes with its proof.
 */
export async function changeJobs(transaction: Queryable, sealer: Sealer, changes: readonly JobChange[]): Promise<void> {
  for (const change of changes) {
    if ('enqueue' in change) await enqueue(transaction, sealer, change.enqueue)
    else if ('withdraw' in change) await withdraw(transaction, change.withdraw)
    else await transaction.query('DELETE FROM job WHERE id <> ALL ($1)', [change.keep])
  }
}

/** The name that the input of a job is sealed under. */
export function inputName(id: Buffer): string {
  return `job/${id.toString('hex')}`
}

async function enqueue(transaction: Queryable, sealer: Sealer, job: NewJob): Promise<void> {
  const { id, circuit, profile, circuitDigest, memory, statement, input } = job
  const { sealed, key } = await sealer.seal(inputName(id), input)
  const facts = [id, circuit, profile, circuitDigest, memory, JSON.stringify(statement)]
  await transaction.query(
    `INSERT INTO job AS old (id, circuit, profile, circuit_digest, memory, statement, input_digest, input, sealing_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (id) DO UPDATE SET
       circuit_digest = excluded.circuit_digest, memory = excluded.memory,
       input_digest = excluded.input_digest, input = excluded.input, sealing_key = excluded.sealing_key,
       state = 'ready', fence = old.fence + 1, holder = NULL, lease_until = NULL,
       ready_at = clock_timestamp(), changed_at = clock_timestamp(),
       attempts = 0, error_code = NULL, error = NULL
     WHERE old.state <> 'proved' AND (old.input_digest <> excluded.input_digest OR old.state = 'withdrawn')
     RETURNING ${telling(READY, 'old.id')}`,
    [...facts, sealer.digest(input), sealed, key],
  )
  await transaction.query(
    `UPDATE job SET state = 'failed', input = NULL, sealing_key = NULL, error_code = known.error_code, error = known.error
     FROM job_failure known
     WHERE job.id = $1 AND job.state = 'ready' AND known.id = job.id AND known.input_digest = job.input_digest
     RETURNING ${telling(ENDED, 'job.id')}`,
    [id],
  )
}

async function withdraw(transaction: Queryable, id: Buffer): Promise<void> {
  await transaction.query(
    `UPDATE job SET state = 'withdrawn', fence = fence + 1, holder = NULL, lease_until = NULL,
       input = NULL, sealing_key = NULL, changed_at = clock_timestamp()
     WHERE id = $1 AND state <> 'proved' AND state <> 'withdrawn'
     RETURNING ${telling(ENDED)}`,
    [id],
  )
}

import { ZkclearError } from '../../protocol/errors.ts'
import { Newest } from '../newest.ts'
import type { Database } from '../postgres/database.ts'
import type { Sealed, Sealer } from '../sealing/sealer.ts'
import { ENDED, inputName, READY, telling } from './change-jobs.ts'

export interface JobsOptions {
  /** How long a job is a worker's before it must have been heard of, in milliseconds. Default 15,000. */
  readonly leaseMs?: number | undefined
  /** How often a job is given out before it is a dead letter. Default 5. */
  readonly maxAttempts?: number | undefined
  /** The wait before the second attempt, in milliseconds; it doubles with each one, up to a minute. Default 1,000. */
  readonly retryMs?: number | undefined
}

/** What a worker can take. */
export interface LeaseRequest {
  /** Who asks. */
  readonly holder: string
  readonly circuitDigests: readonly string[]
  /** Memory that a proof may take, in bytes. */
  readonly memory: number
}

/** The right to one job, until another has it. */
export interface Lease {
  readonly id: Buffer
  readonly fence: bigint
  readonly holder: string
}

export interface LeasedJob extends Lease {
  readonly circuit: string
  readonly profile: string
  readonly circuitDigest: string
  readonly statement: unknown
}

export type JobState = 'ready' | 'leased' | 'proved' | 'failed' | 'dead' | 'withdrawn'

/** What anybody may know of a job. */
export interface JobReport {
  readonly circuit: string
  readonly profile: string
  readonly statement: unknown
  readonly state: JobState
  readonly attempts: number
  readonly error?: { readonly code: string; readonly message: string }
  /** In snarkjs's form. */
  readonly proof?: unknown
}

/** Why a job could not be proved. Says nothing private. */
export interface JobError {
  readonly code: string
  readonly message: string
}

/** Jobs that are remembered, of some 10 kB each: each worker has one. */
const MOST_GIVEN = 512
/** A lease that was not given back has the fence of its job still: no clock takes a job away, only its next change of hands. */
const HELD = `id = $1 AND fence = $2 AND holder = $3 AND state = 'leased'`
/** Its key with it: what pages of the database still hold opens with nothing that is stored there. */
const NO_INPUT = 'input = NULL, sealing_key = NULL'
/**
 * In what a change returns: its commit does not wait for the disk. A lease that a crash of the server takes back is the next one's; what was
 * made under the lost one is told LEASE_LOST, unless it bears the same token, and then it is as good: a proof is verified whoever brings it.
 * A proof that a crash takes back is made again. What follows from it is written later, and is on disk only if the proof is.
 */
const NOT_AWAITED = "set_config('synchronous_commit', 'off', true)"
const GIVEN_BACK = 'fence = fence + 1, holder = NULL, lease_until = NULL, changed_at = clock_timestamp()'

/**
 * The jobs of a venue and their changes of hands. Each takes a lease, with the fence that the job had when it was given out; a
 * lease that is not the job's any more changes nothing, and throws LEASE_LOST.
 */
export class Jobs {
  readonly #database: Database
  readonly #sealer: Sealer
  readonly #leaseMs: number
  readonly #maxAttempts: number
  readonly #retryMs: number
  /** What was given out last, by lease, until it is asked for with the proof, or the lease is known to have ended. */
  readonly #given = new Newest<string, LeasedJob>(MOST_GIVEN)

  constructor(
    database: Database,
    sealer: Sealer,
    { leaseMs = 15_000, maxAttempts = 5, retryMs = 1_000 }: JobsOptions = {},
  ) {
    this.#database = database
    this.#sealer = sealer
    this.#leaseMs = leaseMs
    this.#maxAttempts = maxAttempts
    this.#retryMs = retryMs
  }

  get leaseMs(): number {
    return this.#leaseMs
  }

  /** Gives out the oldest job that fits; undefined if there is none now. */
  async lease({ holder, circuitDigests, memory }: LeaseRequest): Promise<LeasedJob | undefined> {
    const [row] = await this.#database.query<LeasedRow>(
      `UPDATE job SET state = 'leased', fence = fence + 1, holder = $1, attempts = attempts + 1,
         lease_until = clock_timestamp() + $4 * interval '1 ms', changed_at = clock_timestamp()
       WHERE id = (
         SELECT id FROM job
         WHERE state = 'ready' AND circuit_digest = ANY ($2) AND memory <= $3 AND ready_at <= clock_timestamp()
         ORDER BY ordinal FOR UPDATE SKIP LOCKED LIMIT 1)
       RETURNING id, fence, circuit, profile, circuit_digest, statement, ${NOT_AWAITED}`,
      [holder, circuitDigests, memory, this.#leaseMs],
    )
    if (row === undefined) return undefined
    const { id, fence, circuit, profile, circuit_digest: circuitDigest, statement } = row
    const job = { id, fence: BigInt(fence), holder, circuit, profile, circuitDigest, statement }
    this.#given.set(nameOf(job), job)
    return job
  }

  /** Says that the holder is at work still. */
  async heartbeat(lease: Lease): Promise<void> {
    await this.#change(lease, `lease_until = clock_timestamp() + $4 * interval '1 ms'`, [this.#leaseMs], NOT_AWAITED)
  }

  /** What the holder needs to prove it. Private. Throws SEAL_BROKEN for an input that is not what was stored for this job. */
  async input(lease: Lease): Promise<Uint8Array> {
    const rows = await this.#database.query<Sealed>(
      `SELECT input AS sealed, sealing_key AS key FROM job WHERE ${HELD}`,
      keyOf(lease),
    )
    return await this.#sealer.open(inputName(lease.id), rows[0] ?? this.#lost(lease))
  }

  /** What the holder is to prove; or was, where another has the job by now: that is found out when something is changed. */
  async claim(lease: Lease): Promise<Omit<LeasedJob, keyof Lease>> {
    const name = nameOf(lease)
    const given = this.#given.get(name)
    this.#given.delete(name)
    if (given !== undefined) return given
    const rows = await this.#database.query<LeasedRow>(
      `SELECT circuit, profile, circuit_digest, statement FROM job WHERE ${HELD}`,
      keyOf(lease),
    )
    const { circuit, profile, circuit_digest: circuitDigest, statement } = rows[0] ?? this.#lost(lease)
    return { circuit, profile, circuitDigest, statement }
  }

  /** Stores a proof, which was verified; the input is deleted. It is told on the channel of ended jobs, once. */
  async complete(lease: Lease, proof: unknown): Promise<void> {
    const change = `state = 'proved', proof = $4, ${NO_INPUT}, error_code = NULL, error = NULL, ${GIVEN_BACK}`
    await this.#end(lease, change, [JSON.stringify(proof)], `${telling(ENDED)}, ${NOT_AWAITED}`)
  }

  /** Gives up an attempt: the job is ready again after a wait, or a dead letter. */
  async retry(lease: Lease, { code, message }: JobError): Promise<void> {
    const values = [code, message, this.#maxAttempts, this.#retryMs]
    await this.#end(lease, `error_code = $4, error = $5, ${this.#nextAttempt('$6', '$7')}`, values, TELL_NEXT)
  }

  /** Says that the input cannot be proved, by anybody; it is deleted, and refused should it come again. */
  async reject(lease: Lease, { code, message }: JobError): Promise<void> {
    this.#given.delete(nameOf(lease))
    await this.#database.transaction(async (transaction) => {
      const rows = await transaction.query<{ input_digest: Buffer }>(
        `UPDATE job SET state = 'failed', error_code = $4, error = $5, ${NO_INPUT}, ${GIVEN_BACK}
         WHERE ${HELD} RETURNING input_digest, ${telling(ENDED)}`,
        [...keyOf(lease), code, message],
      )
      const { input_digest: digest } = rows[0] ?? this.#lost(lease)
      await transaction.query(
        `INSERT INTO job_failure (id, input_digest, error_code, error) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [lease.id, digest, code, message],
      )
    })
  }

  /** Gives a job back untried: it is ready at once, and the attempt does not count. */
  async handBack(lease: Lease): Promise<void> {
    await this.#end(lease, `state = 'ready', attempts = attempts - 1, ${GIVEN_BACK}`, [], telling(READY))
  }

  /** Takes back the jobs of holders who were not heard of in time. Returns how many. */
  async expire(): Promise<number> {
    const expired = await this.#database.query(
      `UPDATE job SET error_code = 'LEASE_LOST', error = 'its worker was not heard of any more',
         ${this.#nextAttempt('$1', '$2')}
       WHERE id IN (SELECT id FROM job WHERE state = 'leased' AND lease_until <= clock_timestamp()
         ORDER BY id FOR UPDATE SKIP LOCKED)
       RETURNING ${TELL_NEXT}`,
      [this.#maxAttempts, this.#retryMs],
    )
    return expired.length
  }

  /** What is known of a job. */
  async find(id: Buffer): Promise<JobReport | undefined> {
    const [row] = await this.#database.query<JobRow>(
      'SELECT circuit, profile, statement, state, attempts, error_code, error, proof FROM job WHERE id = $1',
      [id],
    )
    if (row === undefined) return undefined
    const { error_code: code, error: message, proof, ...report } = row
    return {
      ...report,
      ...(code === null ? {} : { error: { code, message: message ?? '' } }),
      ...(proof === null ? {} : { proof }),
    }
  }

  /** How many jobs are in each state. */
  async count(): Promise<Partial<Record<JobState, number>>> {
    const rows = await this.#database.query<{ state: JobState; count: number }>(
      'SELECT state, count(*)::integer AS count FROM job GROUP BY state',
    )
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
  }

  /** A change with which the lease ends: who gave it up has nothing verified for it any more. */
  async #end(lease: Lease, change: string, values: readonly unknown[], tell: string): Promise<void> {
    this.#given.delete(nameOf(lease))
    await this.#change(lease, change, values, tell)
  }

  async #change(lease: Lease, change: string, values: readonly unknown[], tell = 'id'): Promise<void> {
    const changed = await this.#database.query(`UPDATE job SET ${change} WHERE ${HELD} RETURNING ${tell}`, [
      ...keyOf(lease),
      ...values,
    ])
    if (changed.length === 0) this.#lost(lease)
  }

  #lost(lease: Lease): never {
    this.#given.delete(nameOf(lease))
    const { id } = lease
    const message = `job ${id.toString('hex').slice(0, 12)} is not this worker's any more; give up what was made of it`
    throw new ZkclearError('LEASE_LOST', message, { details: { job: id.toString('hex') } })
  }

  /** The next attempt, or the end of all; the parameters are `maxAttempts` and `retryMs`. */
  #nextAttempt(most: string, wait: string): string {
    return `state = CASE WHEN attempts >= ${most} THEN 'dead' ELSE 'ready' END, ${GIVEN_BACK},
      ready_at = clock_timestamp() + least(60000, ${wait} * 2 ^ (attempts - 1)) * interval '1 ms'`
  }
}

/** After a change that may have ended a job. */
const TELL_NEXT = `CASE WHEN state = 'dead' THEN ${telling(ENDED)} ELSE ${telling(READY)} END`

interface LeasedRow {
  readonly id: Buffer
  readonly fence: string
  readonly circuit: string
  readonly profile: string
  readonly circuit_digest: string
  readonly statement: unknown
}

interface JobRow {
  readonly circuit: string
  readonly profile: string
  readonly statement: unknown
  readonly state: JobState
  readonly attempts: number
  readonly error_code: string | null
  readonly error: string | null
  readonly proof: unknown
}

/** What tells a lease from all others. */
function nameOf({ id, fence, holder }: Lease): string {
  return `${id.toString('hex')} ${fence} ${holder}`
}

function keyOf({ id, fence, holder }: Lease): unknown[] {
  return [id, fence, holder]
}

import { setTimeout } from 'node:timers/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import { type FailBody, LONGEST_WAIT_MS, WIRE_VERSION, type WireJob } from '../dispatcher/wire.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import type { AttestedInputs } from './attested-inputs.ts'
import { ProofFailure, type ProveProcess } from './prove-process.ts'
import type { VenueClient } from './venue-client.ts'

export interface WorkerOptions {
  readonly venue: VenueClient
  readonly prover: ProveProcess
  /** What it can prove. */
  readonly circuits: readonly Pick<ServedCircuit, 'definition' | 'profile' | 'digest'>[]
  /** Bytes that a proof may take. */
  readonly memory: number
  /** Attests to the venue where it asks for that, and opens the inputs, which are wrapped then; undefined: they come as they are. */
  readonly attested?: AttestedInputs | undefined
  /** Ends the worker. */
  readonly signal: AbortSignal
  /** How long a proof that is under way then may still take before its job is handed back, in milliseconds. Default 10,000. */
  readonly graceMs?: number | undefined
  readonly onTaken?: ((facts: { job: string; circuit: string }) => void) | undefined
  readonly onProved?: ((facts: { job: string; circuit: string; milliseconds: number }) => void) | undefined
  readonly onWarning?: ((message: string) => void) | undefined
}

const GRACE_MS = 10_000
/** Waits between attempts to reach a venue: the first, and the longest, in milliseconds. */
const FIRST_WAIT_MS = 250
const LONGEST_RETRY_MS = 15_000
/** How often a proof that was made is handed in to a venue that does not answer. */
const HAND_IN_ATTEMPTS = 6

/**
 * Proves one job after another until `signal` fires. A venue that cannot be reached is asked again. Throws VENUE_REFUSED: the
 * token is not good, or this is another release than the venue's; and what `createProver` throws where nothing can be proved here.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { venue, prover, circuits, memory, attested, signal, onWarning } = options
  const have = circuits.map(({ definition, profile, digest }) => ({ circuit: definition.name, profile, digest }))
  const request = { version: WIRE_VERSION, circuits: have, memory, waitMs: LONGEST_WAIT_MS }
  try {
    await prover.open(signal)
    // After failures of its own it pauses as well: others may be able to do what it is not.
    for (let failures = 0, silences = 0; !signal.aborted; ) {
      try {
        await attested?.beAttested(signal)
        const job = await venue.lease(request, signal)
        silences = 0
        if (job === undefined || (await perform(options, job))) failures = 0
        else await pause(failures++, signal)
      } catch (error) {
        const isUnattested = attested !== undefined && isToAttest(error)
        if (!isUnattested && !hasCode(error, 'VENUE_UNREACHABLE')) throw error
        if (isUnattested) attested.forget()
        // To attest anew once is what happens every hour.
        if (silences === (isUnattested ? 1 : 0)) onWarning?.((error as Error).message)
        await pause(silences++, signal)
      }
    }
  } catch (error) {
    if (!signal.aborted || !hasCode(error, 'ABORTED')) throw error
  }
}

/** Proves one job; false if that failed here. Throws what the worker cannot go on after. */
async function perform(options: WorkerOptions, job: WireJob): Promise<boolean> {
  const { venue, prover, attested, onTaken, onProved, onWarning } = options
  const { id, circuit, statement } = job
  onTaken?.({ job: id, circuit })
  const lost = new AbortController()
  using returned = afterGrace(options)
  using _ = beat(venue, job, lost)
  const end = AbortSignal.any([lost.signal, returned.signal])
  const started = performance.now()
  const report = (failure: Omit<FailBody, 'fence'>) =>
    persist(() => venue.fail(job, failure)).catch((error) => {
      if (!hasCode(error, 'LEASE_LOST')) throw error
    })
  try {
    // Nothing hangs on it that it is heard.
    const onWitness = () => void venue.heartbeat(job, { witnessed: true }).catch(() => undefined)
    const told = await venue.input(job, end)
    const input = attested === undefined ? told : attested.open(job, told)
    const proof = await prover.prove({ circuit, statement, input }, end, onWitness)
    await persist(() => venue.result(job, proof))
    onProved?.({ job: id, circuit, milliseconds: performance.now() - started })
    return true
  } catch (error) {
    if (lost.signal.aborted || hasCode(error, 'LEASE_LOST')) {
      onWarning?.(`job ${id.slice(0, 12)} was given to another worker; what was made of it is dropped`)
    } else if (hasCode(error, 'PROOF_INVALID')) {
      onWarning?.(`the venue finds a proof of ${circuit} false that was made here`)
    } else if (error instanceof ProofFailure) {
      onWarning?.(`${circuit} was not proved: ${error.message}`)
      await report(error.failure)
      return error.failure.reason === 'input'
    } else {
      await report(RETURNED)
      if (!returned.signal.aborted) throw error
    }
    return false
  }
}

const RETURNED = { reason: 'returned', code: 'ABORTED', message: 'the worker ends' } as const

/** Fires so long after the worker was told to end. */
function afterGrace({ signal, graceMs = GRACE_MS }: WorkerOptions): Disposable & { signal: AbortSignal } {
  const over = new AbortController()
  const done = new AbortController()
  const count = () =>
    setTimeout(graceMs, undefined, { signal: done.signal }).then(
      () => over.abort(),
      () => undefined,
    )
  if (signal.aborted) count()
  else signal.addEventListener('abort', count, { signal: done.signal })
  return { signal: over.signal, [Symbol.dispose]: () => done.abort() }
}

/** Tells the venue three times in the time of a lease that the job is being worked on; fires `lost` when it is another's. */
function beat(venue: VenueClient, job: WireJob, lost: AbortController): Disposable {
  const timer = setInterval(() => {
    venue.heartbeat(job).catch((error) => {
      if (hasCode(error, 'LEASE_LOST')) lost.abort()
    })
  }, job.leaseMs / 3)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** Asks a venue again that cannot be reached, some times. */
async function persist(ask: () => Promise<void>): Promise<void> {
  for (let failures = 0; ; failures++) {
    try {
      return await ask()
    } catch (error) {
      if (!hasCode(error, 'VENUE_UNREACHABLE') || failures + 1 === HAND_IN_ATTEMPTS) throw error
      await pause(failures)
    }
  }
}

async function pause(failures: number, signal?: AbortSignal): Promise<void> {
  const ms = Math.min(LONGEST_RETRY_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10))
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
}

/** Whether the venue wants this enclave attested anew: it was too long ago, or the venue began anew. */
function isToAttest(error: unknown): boolean {
  return hasCode(error, 'VENUE_REFUSED') && error.details?.refusal === 'ATTESTATION_REQUIRED'
}

function hasCode(error: unknown, code: ZkclearError['code']): error is ZkclearError {
  return error instanceof ZkclearError && error.code === code
}

import { setTimeout } from 'node:timers/promises'
import type { LeaseBody, WireJob } from '../../../service/dispatcher/wire.ts'
import { VenueClient } from '../../../service/worker/venue-client.ts'

/** What one job went through at a worker; milliseconds since 1970. */
export interface Performed {
  readonly job: string
  readonly leased: number
  /** Its input was there. */
  readonly begun: number
  /** What stands for its proof had been made. */
  readonly proved: number
  /** The venue had verified and stored it. */
  readonly stored: number
}

export interface SimulatedWorkers {
  readonly url: string
  readonly token: string
  readonly count: number
  readonly request: LeaseBody
  /** The proof of every job, which each worker takes so many milliseconds to make. */
  readonly proof: object
  readonly proveMs: number
  readonly jobs: number
}

/** Workers that ask, fetch inputs and hand in as real ones do, and wait instead of proving; until all jobs are stored. */
export async function runSimulatedWorkers(options: SimulatedWorkers): Promise<readonly Performed[]> {
  const { url, token, count, request, proof, proveMs, jobs } = options
  const done = new AbortController()
  const performed: Performed[] = []
  const work = async () => {
    const venue = new VenueClient({ url, token })
    for (;;) {
      const job = await leaseOf(venue, request, done.signal)
      if (job === undefined) return
      const leased = Date.now()
      await venue.input(job)
      const begun = Date.now()
      await setTimeout(proveMs)
      const proved = Date.now()
      await venue.result(job, proof)
      performed.push({ job: job.id, leased, begun, proved, stored: Date.now() })
      if (performed.length === jobs) done.abort()
    }
  }
  await Promise.all(Array.from({ length: count }, work))
  return performed
}

/** undefined once all is done. */
async function leaseOf(venue: VenueClient, request: LeaseBody, done: AbortSignal): Promise<WireJob | undefined> {
  while (!done.aborted) {
    const job = await venue.lease(request, done).catch((error) => {
      if (!done.aborted) throw error
    })
    if (job !== undefined) return job
  }
  return undefined
}

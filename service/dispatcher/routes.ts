import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { parseWith } from '../../verifier/json.ts'
import type { Attestations } from '../attestation/attestations.ts'
import { wrapInput } from '../attestation/wrapping.ts'
import { whenOver } from '../http/over.ts'
import { Refusal } from '../http/refusal.ts'
import type { Jobs, Lease, LeasedJob } from '../jobs/jobs.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import type { Bearer } from '../tokens/tokens.ts'
import type { Announcements } from './announcements.ts'
import { provenBy } from './judge.ts'
import { digestsFor, requireVersion } from './offer.ts'
import type { Roster } from './roster.ts'
import {
  failSchema,
  fenceSchema,
  heartbeatSchema,
  idSchema,
  type LeaseBody,
  leaseSchema,
  resultSchema,
  type WireJob,
} from './wire.ts'

export interface RouteParts {
  readonly jobs: Jobs
  readonly circuits: readonly ServedCircuit[]
  readonly announcements: Announcements
  readonly roster: Roster
  /** Who gets work, and to what its inputs are wrapped; undefined: every worker does, and its inputs come as they are. */
  readonly attestations: Attestations | undefined
  /** Fires when the server closes. */
  readonly closing: AbortSignal
  bearerOf(request: FastifyRequest): Bearer
}

/** How long the wait for a word is at most before a job is looked for again: some become ready by time alone. */
const LOOK_AGAIN_MS = 2_000

const FOR_WORKERS = { config: { access: 'worker' } } as const

/** The routes of workers. Each but the first two names a job and the fence of the lease that it was given. */
export function addWorkerRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { jobs, circuits, roster, attestations } = parts
  const bearerOf = (request: FastifyRequest) => {
    const bearer = parts.bearerOf(request)
    roster.heard(bearer)
    return bearer
  }

  // Who came so far has a good token: nothing else is asked.
  app.get('/worker/token', FOR_WORKERS, async (_, reply) => await reply.code(204).send())

  app.post('/worker/lease', FOR_WORKERS, async (request, reply) => {
    requireVersion(request.body)
    const body = read(leaseSchema, request.body)
    const bearer = bearerOf(request)
    attestations?.requireAttested(bearer)
    const job = await waitForJob(parts, body, bearer.id, gone(reply, parts.closing))
    roster.heard(bearer)
    if (job === undefined) return await reply.code(204).send()
    roster.took(bearer, { job: job.id.toString('hex'), circuit: job.circuit })
    const { id, fence, circuit, profile, statement } = job
    const wire = { id: id.toString('hex'), fence: `${fence}`, circuit, profile, statement, leaseMs: jobs.leaseMs }
    return wire as WireJob
  })

  app.post('/worker/jobs/:id/heartbeat', FOR_WORKERS, async (request, reply) => {
    const { fence, witnessed } = read(heartbeatSchema, request.body)
    const lease = leaseOf(request, fence, bearerOf(request))
    await jobs.heartbeat(lease)
    if (witnessed) roster.witnessed(lease.id)
    return await reply.code(204).send()
  })

  app.get('/worker/jobs/:id/input', FOR_WORKERS, async (request, reply) => {
    const { fence } = request.query as { fence?: unknown }
    const bearer = bearerOf(request)
    const lease = leaseOf(request, read(fenceSchema, fence), bearer)
    const key = attestations?.keyOf(bearer)
    const input = await jobs.input(lease)
    const told = key === undefined ? input : wrapInput(key, lease, input)
    return await reply.type('application/octet-stream').send(told)
  })

  app.post('/worker/jobs/:id/result', FOR_WORKERS, async (request, reply) => {
    const { fence, proof } = read(resultSchema, request.body)
    const bearer = bearerOf(request)
    const lease = leaseOf(request, fence, bearer)
    const { circuitDigest, statement } = await jobs.claim(lease)
    const circuit = circuits.find(({ digest }) => digest === circuitDigest)
    const proven = circuit && (await provenBy(circuit, statement, proof))
    if (proven === undefined) {
      const message = 'the proof does not prove the statement'
      roster.failed(bearer)
      await jobs.retry(lease, { code: 'PROOF_INVALID', message })
      throw new Refusal(422, 'PROOF_INVALID', message)
    }
    await jobs.complete(lease, proven)
    roster.proved(bearer)
    return await reply.code(204).send()
  })

  app.post('/worker/jobs/:id/fail', FOR_WORKERS, async (request, reply) => {
    const { fence, reason, code, message } = read(failSchema, request.body)
    const bearer = bearerOf(request)
    const lease = leaseOf(request, fence, bearer)
    if (reason === 'returned') roster.dropped(bearer)
    else roster.failed(bearer)
    if (reason === 'returned') await jobs.handBack(lease)
    else if (reason === 'input') await jobs.reject(lease, { code, message })
    else await jobs.retry(lease, { code, message })
    return await reply.code(204).send()
  })
}

/** Fires when the caller has gone, or the server closes. */
function gone(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const left = new AbortController()
  whenOver(reply, () => left.abort())
  return AbortSignal.any([left.signal, closing])
}

async function waitForJob(
  { jobs, circuits, announcements }: RouteParts,
  body: LeaseBody,
  holder: string,
  gone: AbortSignal,
): Promise<LeasedJob | undefined> {
  const circuitDigests = digestsFor(body, circuits)
  const deadline = performance.now() + body.waitMs
  using place = announcements.standInLine()
  while (!gone.aborted) {
    // What is announced from here on is kept: it may become ready behind the look.
    const turns = place.take()
    const left = deadline - performance.now()
    const job = await jobs.lease({ holder, circuitDigests, memory: body.memory })
    if (job !== undefined) announcements.taken(job.id.toString('hex'))
    place.handOn(turns)
    if (job !== undefined && gone.aborted) await jobs.handBack(job)
    else if (job !== undefined || left <= 0) return job
    else await place.next(Math.min(left, LOOK_AGAIN_MS), gone)
  }
  return undefined
}

function leaseOf(request: FastifyRequest, fence: string, { id: holder }: Bearer): Lease {
  const { id } = request.params as { id: unknown }
  return { id: Buffer.from(read(idSchema, id), 'hex'), fence: BigInt(fence), holder }
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  return parseWith(schema, value, 'INPUT_INVALID', 'request')
}

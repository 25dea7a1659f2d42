import type { z } from 'zod'
import { ZkclearError } from '../../protocol/errors.ts'
import { admittedSchema, challengeSchema } from '../attestation/wire.ts'
import { type FailBody, jobSchema, type LeaseBody, type WireJob } from '../dispatcher/wire.ts'
import { jsonOf, VenueRequests, type VenueRequestsOptions } from './venue-requests.ts'

const MOST_INPUT_BYTES = 256 << 20

/**
 * What a worker asks a venue. All throw VENUE_UNREACHABLE (no answer, or one that says to ask again later), VENUE_REFUSED (the
 * token, or the worker's release or circuits), LEASE_LOST, and ABORTED by a signal.
 */
export class VenueClient {
  readonly #requests: VenueRequests

  /** Throws INPUT_INVALID for an address that is none, or would carry the token in clear. */
  constructor(options: VenueRequestsOptions) {
    this.#requests = new VenueRequests(options)
  }

  /** Whether the venue takes the token: else it throws VENUE_REFUSED. */
  async requireToken(signal: AbortSignal): Promise<void> {
    await this.#requests.ask('GET', '/worker/token', { signal })
  }

  /** What the venue wants the next attestation document to be for. */
  async attestationNonce(signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.#requests.ask('POST', '/worker/attestation/challenge', { body: {}, signal })
    return Buffer.from(parsed(challengeSchema, await jsonOf(answer)).nonce, 'base64')
  }

  /** Hands in an attestation document. */
  async attest(document: Uint8Array, signal: AbortSignal): Promise<void> {
    const body = { document: Buffer.from(document).toString('base64') }
    const answer = await this.#requests.ask('POST', '/worker/attestation', { body, signal })
    parsed(admittedSchema, await jsonOf(answer))
  }

  /** Something to prove; undefined if there was nothing in time. */
  async lease(body: LeaseBody, signal: AbortSignal): Promise<WireJob | undefined> {
    const answer = await this.#requests.ask('POST', '/worker/lease', { body, signal, waitMs: body.waitMs })
    return answer.status === 204 ? undefined : parsed(jobSchema, await jsonOf(answer))
  }

  async heartbeat({ id, fence }: WireJob, said: { readonly witnessed?: true } = {}): Promise<void> {
    await this.#requests.ask('POST', `/worker/jobs/${id}/heartbeat`, { body: { fence, ...said } })
  }

  /** The whole input of the circuit. Private. */
  async input({ id, fence }: WireJob, signal?: AbortSignal): Promise<Uint8Array> {
    const answer = await this.#requests.ask('GET', `/worker/jobs/${id}/input?fence=${fence}`, { signal })
    return await bytesOf(answer)
  }

  /** Hands in a proof in snarkjs's form. Throws PROOF_INVALID if the venue finds it false. */
  async result({ id, fence }: WireJob, proof: object): Promise<void> {
    await this.#requests.ask('POST', `/worker/jobs/${id}/result`, { body: { fence, proof } })
  }

  async fail({ id, fence }: WireJob, failure: Omit<FailBody, 'fence'>): Promise<void> {
    await this.#requests.ask('POST', `/worker/jobs/${id}/fail`, { body: { fence, ...failure } })
  }
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body!) {
      length += chunk.length
      if (length > MOST_INPUT_BYTES) throw new ZkclearError('VENUE_REFUSED', 'the venue sends more than any input has')
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    throw new ZkclearError('VENUE_UNREACHABLE', 'the answer of the venue breaks off', { cause })
  }
  return Buffer.concat(chunks)
}

function parsed<T>(schema: z.ZodType<T>, json: unknown): T {
  const { data } = schema.safeParse(json)
  if (data !== undefined) return data
  throw new ZkclearError('VENUE_REFUSED', 'the venue gives an answer that this release does not understand')
}

import type { z } from 'zod'
import { ZkclearError } from '../../protocol/errors.ts'
import { errorSchema, type FailBody, jobSchema, type LeaseBody, type WireJob } from '../dispatcher/wire.ts'
import { isLoopback } from '../loopback.ts'

export interface VenueClientOptions {
  /** Such as https://venue.example; http:// for this machine only. */
  readonly url: string
  readonly token: string
}

/** How long an answer may take, beyond what the venue was asked to wait, in milliseconds. */
const ANSWER_MS = 30_000
const MOST_INPUT_BYTES = 256 << 20

/**
 * What a worker asks a venue. All throw VENUE_UNREACHABLE (no answer, or one that says to ask again later), VENUE_REFUSED (the
 * token, or the worker's release or circuits), LEASE_LOST, and ABORTED by a signal.
 */
export class VenueClient {
  readonly #base: string
  readonly #token: string

  /** Throws INPUT_INVALID for an address that is none, or would carry the token in clear. */
  constructor({ url, token }: VenueClientOptions) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined
    if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
      throw new ZkclearError('INPUT_INVALID', 'must be an address such as https://venue.example', { path: 'venue' })
    }
    if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname.replace(/^\[|\]$/g, ''))) {
      const message = `is ${parsed.origin}: only https:// is allowed beyond this machine; token and witnesses would go in clear`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'venue' })
    }
    this.#base = parsed.href.replace(/\/$/, '')
    this.#token = token
  }

  /** Something to prove; undefined if there was nothing in time. */
  async lease(body: LeaseBody, signal: AbortSignal): Promise<WireJob | undefined> {
    const answer = await this.#ask('POST', '/worker/lease', { body, signal, waitMs: body.waitMs })
    return answer.status === 204 ? undefined : parsed(jobSchema, await jsonOf(answer))
  }

  async heartbeat({ id, fence }: WireJob, signal?: AbortSignal): Promise<void> {
    await this.#ask('POST', `/worker/jobs/${id}/heartbeat`, { body: { fence }, signal })
  }

  /** The whole input of the circuit. Private. */
  async input({ id, fence }: WireJob, signal?: AbortSignal): Promise<Uint8Array> {
    const answer = await this.#ask('GET', `/worker/jobs/${id}/input?fence=${fence}`, { signal })
    return await bytesOf(answer)
  }

  /** Hands in a proof in snarkjs's form. Throws PROOF_INVALID if the venue finds it false. */
  async result({ id, fence }: WireJob, proof: object): Promise<void> {
    await this.#ask('POST', `/worker/jobs/${id}/result`, { body: { fence, proof } })
  }

  async fail({ id, fence }: WireJob, failure: Omit<FailBody, 'fence'>): Promise<void> {
    await this.#ask('POST', `/worker/jobs/${id}/fail`, { body: { fence, ...failure } })
  }

  async #ask(
    method: string,
    path: string,
    { body, signal, waitMs = 0 }: { body?: object; signal?: AbortSignal | undefined; waitMs?: number },
  ): Promise<Response> {
    const timeout = AbortSignal.timeout(waitMs + ANSWER_MS)
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' }
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    let response: Response
    try {
      const content = body === undefined ? {} : { body: JSON.stringify(body) }
      const form = body === undefined ? { authorization: headers.authorization } : headers
      response = await fetch(this.#base + path, {
        method,
        headers: form,
        signal: either,
        redirect: 'error',
        ...content,
      })
    } catch (cause) {
      if (signal?.aborted) throw new ZkclearError('ABORTED', 'nobody waits for the venue any more', { cause })
      throw unreachable(this.#base, causeOf(cause), cause)
    }
    if (!response.ok) throw await refusal(this.#base, response)
    return response
  }
}

/** The codes that a worker acts on; all others of a refused request mean that it cannot go on. */
const KEPT = ['LEASE_LOST', 'PROOF_INVALID'] as const

async function refusal(base: string, response: Response): Promise<ZkclearError> {
  const { status } = response
  if (status >= 500 || status === 429) return unreachable(base, `it answers with status ${status}`)
  const { data } = errorSchema.safeParse(await jsonOf(response).catch(() => undefined))
  const message = data?.error.message.slice(0, 1000) ?? `the venue answers with status ${status}`
  const kept = KEPT.find((code) => code === data?.error.code)
  return new ZkclearError(kept ?? 'VENUE_REFUSED', message, { details: { status } })
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw new ZkclearError('VENUE_UNREACHABLE', 'the answer of the venue breaks off, or is none of ours', { cause })
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
  throw new ZkclearError('VENUE_REFUSED', 'the venue gives a job that this release does not understand')
}

function causeOf(error: unknown): string {
  const { cause, name } = error as Error & { cause?: { code?: string } }
  return cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : 'the connection failed')
}

function unreachable(base: string, why: string, cause?: unknown): ZkclearError {
  return new ZkclearError('VENUE_UNREACHABLE', `${base} cannot be reached: ${why}`, { cause })
}

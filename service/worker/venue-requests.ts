import { ZkclearError } from '../../protocol/errors.ts'
import { errorSchema } from '../dispatcher/wire.ts'
import { isLoopback } from '../loopback.ts'

export interface VenueRequestsOptions {
  /** Such as https://venue.example; http:// for this machine only. */
  readonly url: string
  readonly token: string
}

/** How long an answer may take, beyond what the venue was asked to wait, in milliseconds. */
const ANSWER_MS = 30_000

/** Requests to a venue that bear a token. */
export class VenueRequests {
  readonly #base: string
  readonly #token: string

  /** Throws INPUT_INVALID for an address that is none, or would carry the token in clear. */
  constructor({ url, token }: VenueRequestsOptions) {
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

  /** Throws VENUE_UNREACHABLE, VENUE_REFUSED, LEASE_LOST, PROOF_INVALID, and ABORTED by a signal. */
  async ask(
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

/** Throws VENUE_UNREACHABLE for an answer that is no JSON. */
export async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw new ZkclearError('VENUE_UNREACHABLE', 'the answer of the venue breaks off, or is none of ours', { cause })
  }
}

function causeOf(error: unknown): string {
  const { cause, name } = error as Error & { cause?: { code?: string } }
  return cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : 'the connection failed')
}

function unreachable(base: string, why: string, cause?: unknown): ZkclearError {
  return new ZkclearError('VENUE_UNREACHABLE', `${base} cannot be reached: ${why}`, { cause })
}

import { addressOf, exchange, refusalIn, textUpTo, unreachable } from '../../client/exchange.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { isLoopback } from '../loopback.ts'

export interface VenueRequestsOptions {
  /** Such as https://venue.example; http:// for this machine only. */
  readonly url: string
  readonly token: string
}

/** How long an answer may take, beyond what the venue was asked to wait, in milliseconds. */
const ANSWER_MS = 30_000
/** Bytes of an answer in JSON: a job without its input has some 10 kB. */
const MOST_ANSWER_BYTES = 1 << 20

/** Requests to a venue that bear a token. */
export class VenueRequests {
  readonly #address: string
  readonly #token: string

  /** Throws INPUT_INVALID for an address that is none, or would carry the token in clear. */
  constructor({ url, token }: VenueRequestsOptions) {
    this.#address = addressOf(url)
    this.#token = token
    const { protocol, hostname, origin } = new URL(url)
    if (protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return
    const message = `is ${origin}: only https:// is allowed beyond this machine; token and witnesses would go in clear`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'venue' })
  }

  /** Throws VENUE_UNREACHABLE, VENUE_REFUSED, LEASE_LOST, PROOF_INVALID, and ABORTED by a signal. */
  async ask(
    method: 'GET' | 'POST',
    path: string,
    { body, signal, waitMs = 0 }: { body?: object; signal?: AbortSignal | undefined; waitMs?: number },
  ): Promise<Response> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const asked = { method, path, token: this.#token, body: text, signal, timeoutMs: waitMs + ANSWER_MS }
    const response = await exchange(this.#address, asked)
    if (!response.ok) throw await refusal(this.#address, response)
    return response
  }
}

/** The codes that a worker acts on; all others of a refused request mean that it cannot go on. */
const KEPT = ['LEASE_LOST', 'PROOF_INVALID'] as const

async function refusal(address: string, response: Response): Promise<ZkclearError> {
  const { status } = response
  if (status >= 500 || status === 429) return unreachable(address, `it answers with status ${status}`)
  const { code, message = `the venue answers with status ${status}` } = await refusalIn(response)
  const kept = KEPT.find((one) => one === code)
  const hint = code === 'NOT_FOUND' ? `; is ${address} the port of workers and operators?` : ''
  return new ZkclearError(kept ?? 'VENUE_REFUSED', `${message}${hint}`, {
    details: { status, ...(code !== undefined && { refusal: code }) },
  })
}

/** Throws VENUE_UNREACHABLE for an answer that is no JSON, or longer than any of ours. */
export async function jsonOf(response: Response): Promise<unknown> {
  try {
    return JSON.parse((await textUpTo(response, MOST_ANSWER_BYTES)) ?? '')
  } catch (cause) {
    throw new ZkclearError('VENUE_UNREACHABLE', 'the answer of the venue breaks off, or is none of ours', { cause })
  }
}

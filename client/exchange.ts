import { ZkclearError } from '../protocol/errors.ts'

/** A request to a venue. */
export interface Asked {
  readonly method?: 'GET' | 'POST' | undefined
  readonly path: string
  readonly token?: string | undefined
  /** JSON, where there is a body. */
  readonly body?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds by which the answer has to be whole. Default: whatever it takes. */
  readonly timeoutMs?: number | undefined
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined
}

/** The address of a venue, without a slash at its end. Throws INPUT_INVALID for what is none. */
export function addressOf(url: string): string {
  if (URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol))
    return new URL(url).href.replace(/\/$/, '')
  throw new ZkclearError('INPUT_INVALID', 'must be an address such as https://venue.example', { path: 'venue' })
}

/**
 * What a venue answers, whatever its status. It is followed nowhere else. Throws ABORTED where the signal fired, and VENUE_UNREACHABLE
 * where nothing comes.
 */
export async function exchange(address: string, asked: Asked): Promise<Response> {
  const { method = 'GET', path, token, body, signal, timeoutMs, fetch: fetchIt = fetch } = asked
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const ends = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)].filter(
    (end) => end !== undefined,
  )
  const init = { method, headers, redirect: 'error', ...(body !== undefined && { body }) } as const
  const answer = fetchIt(address + path, ends.length === 0 ? init : { ...init, signal: AbortSignal.any(ends) })
  return await heard(answer, address, signal)
}

/** What comes of an answer, or of a part of it, as {@link exchange} does. */
export async function heard<T>(promise: Promise<T>, address: string, signal?: AbortSignal | undefined): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    if (signal?.aborted) throw new ZkclearError('ABORTED', 'the request was called off', { cause })
    throw unreachable(address, reasonOf(cause), cause)
  }
}

/** Bytes of an answer, far more than any has: a venue could send without end, and what is compressed costs it little. */
export const MOST_BYTES = 16 << 20

/** The text of an answer. Throws as {@link exchange}, and VENUE_UNREACHABLE for one of more bytes than that, of which the rest is not read. */
export async function textOf(
  response: Response,
  address: string,
  { signal, most = MOST_BYTES }: { readonly signal?: AbortSignal | undefined; readonly most?: number } = {},
): Promise<string> {
  const text = await heard(textUpTo(response, most), address, signal)
  if (text === undefined) throw unreachable(address, 'its answer is too long')
  return text
}

/** undefined for a longer one. */
export async function textUpTo({ body }: Response, most: number): Promise<string | undefined> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let left = most
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done) return text + decoder.decode()
      left -= value.length
      if (left < 0) return undefined
      text += decoder.decode(value, { stream: true })
    }
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}

/** Of a venue that gives no answer, or none that is one. */
export function unreachable(address: string, why: string, cause?: unknown): ZkclearError {
  return new ZkclearError('VENUE_UNREACHABLE', `${new URL(address).origin} cannot be reached: ${why}`, { cause })
}

/** The seconds after which a venue wants to be asked again; undefined if it does not say. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined
}

/** What a venue says of what it refuses, as far as it does. */
export async function refusalIn(response: Response): Promise<{ readonly code?: string; readonly message?: string }> {
  const text = await textUpTo(response, MOST_REFUSAL_BYTES).catch(() => undefined)
  const { code, message } = Object(Object(jsonIn(text ?? '')).error)
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof message === 'string' && { message: message.slice(0, MOST_MESSAGE) }),
  }
}

/** What a text says in JSON; undefined where it is none. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const MOST_REFUSAL_BYTES = 64 << 10
/** Characters of a message that are repeated. */
const MOST_MESSAGE = 1_000

function reasonOf(error: unknown): string {
  const { cause, name } = Object(error) as { cause?: { code?: string }; name?: string }
  return cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : 'the connection failed')
}

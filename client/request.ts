import type { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import { decodeWith, toJson } from '../venue/files/schema.ts'
import { addressOf, exchange, heard, refusalIn, retryAfterOf, textOf } from './exchange.ts'
import { textLines } from './text-lines.ts'

export interface VenueOptions {
  /** Of the gateway, such as https://venue.example:8441. */
  readonly url: string
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined
}

/** For how long an answer is waited for: unless it is said, for as long as it takes. What was asked for may be done all the same. */
export interface RequestOptions {
  /** Calls it off: it throws ABORTED then. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds by which the answer has to be whole: else it throws VENUE_UNREACHABLE. */
  readonly timeoutMs?: number | undefined
}

export interface Request extends RequestOptions {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly token?: string | undefined
  readonly body?: unknown
}

/**
 * The response of a venue. Throws VENUE_REFUSED, with `status`, `code` and seconds to wait in its details, for what it refuses, and
 * VENUE_UNREACHABLE.
 */
export async function ask({ url, fetch }: VenueOptions, { body, ...request }: Request): Promise<Response> {
  const text = body === undefined ? undefined : JSON.stringify(toJson(body))
  const response = await exchange(addressOf(url), { ...request, body: text, fetch })
  if (response.ok) return response
  const { code, message } = await refusalIn(response)
  throw new ZkclearError('VENUE_REFUSED', message ?? `the venue answered with status ${response.status}`, {
    details: { status: response.status, code, retryAfter: retryAfterOf(response) ?? 0 },
  })
}

/** The query of a path, with what is given of it. */
export function queryOf(given: Readonly<Record<string, string | number | bigint | undefined>>): string {
  const parts = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, `${value}`]]))
  return parts.length === 0 ? '' : `?${new URLSearchParams(parts)}`
}

/** The answer of a venue, as its schema reads it. Throws as {@link ask}. */
export async function answerTo<Schema extends z.ZodType>(
  venue: VenueOptions,
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const response = await ask(venue, request)
  const text = await textOf(response, addressOf(venue.url), request)
  return decodeWith(schema, jsonIn(text, 'an answer'), 'VENUE_UNREACHABLE', 'answer')
}

/** The lines of a stream, until it ends or the signal fires. Throws as {@link ask}. */
export async function* linesOf<Schema extends z.ZodType>(
  venue: VenueOptions,
  request: Request,
  schema: Schema,
): AsyncGenerator<z.output<Schema>> {
  const { body } = await ask(venue, request)
  const waiting = <T>(read: Promise<T>) => heard(read, addressOf(venue.url), request.signal)
  for await (const line of textLines(body!, waiting)) {
    yield decodeWith(schema, jsonIn(line, 'a line'), 'VENUE_UNREACHABLE', 'line')
  }
}

function jsonIn(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ZkclearError('VENUE_UNREACHABLE', `sent ${what} that is no JSON`, { path: 'venue', cause })
  }
}

import type { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import { decodeWith, toJson } from '../venue/files/schema.ts'

export interface VenueOptions {
  /** Of the gateway, such as https://venue.example:8441. */
  readonly url: string
  /** Default: the platform's. */
  readonly fetch?: typeof fetch | undefined
}

export interface Request {
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly token?: string | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/**
 * The response of a venue. Throws VENUE_REFUSED, with `status`, `code` and seconds to wait in its details, for what it refuses, and
 * VENUE_UNREACHABLE.
 */
export async function ask({ url, fetch: fetchIt = fetch }: VenueOptions, request: Request): Promise<Response> {
  const { method = 'GET', path, token, body, signal = null } = request
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const text = body === undefined ? null : JSON.stringify(toJson(body))
  const response = await reached(fetchIt(new URL(path, url), { method, headers, body: text, signal }))
  if (response.ok) return response
  const { code, message } = ((await response.json().catch(() => undefined)) as Refused | undefined)?.error ?? {}
  throw new ZkclearError('VENUE_REFUSED', message ?? `the venue answered with status ${response.status}`, {
    details: { status: response.status, code, retryAfter: Number(response.headers.get('retry-after') ?? 0) },
  })
}

/** The query of a path, with what is given of it. */
export function queryOf(given: Readonly<Record<string, string | number | bigint | undefined>>): string {
  const parts = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, `${value}`]]))
  return parts.length === 0 ? '' : `?${new URLSearchParams(parts)}`
}

interface Refused {
  readonly error?: { readonly code?: string; readonly message?: string }
}

/** The answer of a venue, as its schema reads it. Throws as {@link ask}. */
export async function answerTo<Schema extends z.ZodType>(
  venue: VenueOptions,
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const response = await ask(venue, request)
  return decodeWith(schema, await reached(response.json()), 'VENUE_UNREACHABLE', 'answer')
}

/** The lines of a stream, until it ends or the signal fires. Throws as {@link ask}. */
export async function* linesOf<Schema extends z.ZodType>(
  venue: VenueOptions,
  request: Request,
  schema: Schema,
): AsyncGenerator<z.output<Schema>> {
  const { body } = await ask(venue, request)
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reached(reader.read())
      if (done) return
      const lines = (text + value).split('\n')
      text = lines.pop()!
      for (const line of lines) yield decodeWith(schema, jsonIn(line), 'VENUE_UNREACHABLE', 'line')
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new ZkclearError('VENUE_UNREACHABLE', 'sent a line that is no JSON', { path: 'venue', cause })
  }
}

async function reached<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    if ((cause as Error).name === 'AbortError')
      throw new ZkclearError('ABORTED', 'the request was called off', { cause })
    throw new ZkclearError('VENUE_UNREACHABLE', `the venue cannot be reached: ${(cause as Error).message}`, { cause })
  }
}

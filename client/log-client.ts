import { setTimeout } from 'node:timers/promises'
import type { z } from 'zod'
import type { ConsistencyAnswer, LogSource } from '../log/log-source.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { parseJson } from '../protocol/json.ts'
import { decodeWith } from '../venue/files/schema.ts'
import { addressOf, exchange, retryAfterOf, textOf } from './exchange.ts'
import * as wire from './wire/log.ts'

/** How often it is asked again, where the venue has it wait, and how long at most, in seconds. */
const TRIES = 10
const MOST_WAIT = 30

/** How long an answer may take, in milliseconds, and how long it may be, in bytes. */
const ANSWER_MS = 30_000
const MOST_BYTES = 4 << 20

/** What a venue tells over HTTP of its log. All throw VENUE_UNREACHABLE, and VENUE_REFUSED for an answer that is none; ABORTED. */
export class LogClient implements LogSource {
  readonly #address: string
  readonly #signal: AbortSignal | undefined

  /** Throws INPUT_INVALID for what is no address. */
  constructor(url: string, signal?: AbortSignal) {
    this.#address = addressOf(url)
    this.#signal = signal
  }

  async key(): Promise<string> {
    return (await this.#require(wire.keyAnswer, '/v1/log/key')).key
  }

  async checkpoint(): Promise<string> {
    return (await this.#require(wire.checkpointAnswer, '/v1/log/checkpoint')).checkpoint
  }

  async consistency(from: bigint, to: bigint): Promise<ConsistencyAnswer | undefined> {
    return await this.#ask(wire.consistencyAnswer, `/v1/log/consistency?from=${from}&to=${to}`)
  }

  async leaves(from: bigint): Promise<readonly Uint8Array[]> {
    return (await this.#require(wire.leavesAnswer, `/v1/log/leaves?from=${from}`)).leaves
  }

  async sizeOfAnchor(anchor: string): Promise<bigint | undefined> {
    const answer = await this.#ask(wire.anchorAnswer, `/v1/log/anchors/${anchor}`)
    return answer && BigInt(answer.size)
  }

  async #require<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> {
    const answer = await this.#ask(schema, path)
    if (answer !== undefined) return answer
    throw new ZkclearError('VENUE_REFUSED', `the venue has no ${path}; is it a venue with a log?`)
  }

  /** undefined for what there is not (404). */
  async #ask<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema> | undefined> {
    const { status, text } = await this.#patient(path)
    if (status === 404) return undefined
    if (status !== 200) throw new ZkclearError('VENUE_UNREACHABLE', `the venue answers ${path} with status ${status}`)
    try {
      return decodeWith(schema, parseJson(text), 'INPUT_INVALID', 'answer')
    } catch (cause) {
      throw new ZkclearError('VENUE_REFUSED', `the venue answers ${path} with what is no such answer`, { cause })
    }
  }

  /** Waits as it is told where the venue has had too many requests (429). */
  async #patient(path: string): Promise<Answer> {
    for (let left = TRIES; ; left--) {
      const answer = await this.#fetch(path)
      if (answer.status !== 429 || left === 0) return answer
      // Of a wait that is called off the next request says so.
      await setTimeout(1000 * answer.wait, undefined, { signal: this.#signal }).catch(() => undefined)
    }
  }

  async #fetch(path: string): Promise<Answer> {
    const response = await exchange(this.#address, { path, signal: this.#signal, timeoutMs: ANSWER_MS })
    const text = await textOf(response, this.#address, { signal: this.#signal, most: MOST_BYTES })
    return { status: response.status, text, wait: Math.min(retryAfterOf(response) ?? 1, MOST_WAIT) }
  }
}

interface Answer {
  readonly status: number
  readonly text: string
  /** Seconds after which to ask again. */
  readonly wait: number
}

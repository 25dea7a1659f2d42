import type { FastifyReply } from 'fastify'
import type { OperatorState } from '../../client/wire/operator.ts'
import { toJson } from '../../venue/files/schema.ts'
import { STREAM_LIMITS, type StreamLimits, Streams } from '../traders/streams.ts'

/** Milliseconds between two looks whether something changed. */
const LOOK_MS = 1_000

/** Tells those who read along the whole state whenever it has changed. Looks only while somebody reads. */
export class StateFeed implements Disposable {
  readonly #read: () => Promise<OperatorState>
  readonly #streams: Streams<'state'>
  readonly #timer: NodeJS.Timeout
  #told = ''
  #isLooking = false

  constructor(
    read: () => Promise<OperatorState>,
    { lookMs = LOOK_MS, limits = STREAM_LIMITS }: { readonly lookMs?: number; readonly limits?: StreamLimits } = {},
  ) {
    this.#read = read
    this.#streams = new Streams(limits)
    this.#timer = setInterval(() => this.#look(), lookMs)
    this.#timer.unref()
  }

  /** Begins a stream with the state as it is. Throws a Refusal beyond the limits. */
  async open(reply: FastifyReply, reader: { readonly reader: string; mayRead(): Promise<boolean> }): Promise<void> {
    const state = await this.#read()
    this.#streams.open(reply, { ...reader, topic: 'state' }).tell({ kind: 'state', state })
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#streams.count === 0) return
    this.#isLooking = true
    try {
      const state = await this.#read()
      // Time passes anyway: who reads counts by himself.
      const { at: _, time: __, ...rest } = state
      const text = JSON.stringify(toJson(rest))
      if (text !== this.#told) this.#streams.tell('state', { kind: 'state', state })
      this.#told = text
    } catch {
      // Whoever reads along hears nothing new until it can be read again.
    } finally {
      this.#isLooking = false
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#streams[Symbol.dispose]()
  }
}

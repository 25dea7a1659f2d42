import type { FastifyReply } from 'fastify'
import type { StreamWord } from '../../client/wire/events.ts'
import { toJson } from '../../venue/files/schema.ts'
import { Refusal } from '../http/refusal.ts'

export interface StreamLimits {
  /** Bytes that wait for one reader, at most: beyond it he is cut off. */
  readonly bytes: number
  /** Streams at once, of one reader and of all. */
  readonly perReader: number
  readonly inAll: number
  /** Milliseconds between two words where nothing happens. */
  readonly beatMs: number
}

export const STREAM_LIMITS: StreamLimits = { bytes: 1 << 20, perReader: 8, inAll: 1000, beatMs: 10_000 }

const END_MS = 1_000

/** One who reads along: a line of JSON for each thing that he is told. */
class Stream {
  readonly #reply: FastifyReply
  readonly #bytes: number
  #ended = false

  constructor(reply: FastifyReply, bytes: number) {
    this.#reply = reply
    this.#bytes = bytes
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  }

  /** Whether nobody hears any more what is told. */
  get isOver(): boolean {
    const { raw, request } = this.#reply
    // A request behind another of its connection has no socket of its own yet to close.
    return this.#ended || raw.destroyed || request.raw.socket.destroyed
  }

  /** What waits for a slow reader is bounded: beyond it he gets a last word, and no more. */
  tell(...things: readonly unknown[]): void {
    this.tellLines(linesOf(things))
  }

  /** The same of what is lines already. */
  tellLines(lines: string): void {
    if (!this.#write(lines, this.#bytes)) this.end('SLOW')
  }

  /**
   * Says where it begins: after the thing of that number, or from now on, after the `last` one. Tells what was `missed` since; or that there
   * is a gap, where that is not known any more, or leaves too little room for what comes.
   */
  begin(after: number | undefined, last: number, missed: (after: number) => readonly unknown[] | undefined): void {
    const things = after === undefined ? [] : missed(after)
    const begins = { kind: 'begin', number: after ?? last }
    if (things !== undefined && this.#write(linesOf([begins, ...things]), this.#bytes / 2)) return
    this.tell({ kind: 'gap', number: last })
  }

  #write(lines: string, bytes: number): boolean {
    if (this.#ended || lines === '') return true
    const { raw } = this.#reply
    if (raw.writableLength + Buffer.byteLength(lines) > bytes) return false
    raw.write(lines)
    return true
  }

  end(reason: Extract<StreamWord, { kind: 'end' }>['reason']): void {
    if (this.#ended) return
    this.#ended = true
    const { raw } = this.#reply
    raw.end(`${JSON.stringify({ kind: 'end', reason })}\n`)
    // Who does not read does not hold up what ends.
    setTimeout(() => raw.destroy(), END_MS).unref()
  }
}

function linesOf(things: readonly unknown[]): string {
  return things.map((thing) => `${JSON.stringify(toJson(thing))}\n`).join('')
}

interface Reading<Topic> {
  readonly reader: string
  readonly topic: Topic
  readonly stream: Stream
  /** Whether he may still read. */
  readonly mayRead: () => Promise<boolean>
}

/** All who read along, by what they read: an account, or the book or trades of a market. */
export class Streams<Topic> implements Disposable {
  readonly #limits: StreamLimits
  readonly #readings = new Set<Reading<Topic>>()
  readonly #beat: NodeJS.Timeout
  #closed = false

  constructor(limits: StreamLimits = STREAM_LIMITS) {
    this.#limits = limits
    this.#beat = setInterval(() => this.#beatAll(), limits.beatMs)
    this.#beat.unref()
  }

  /** How many read along. */
  get count(): number {
    return this.#readings.size
  }

  /** What is read now. */
  get topics(): ReadonlySet<Topic> {
    return new Set([...this.#readings].flatMap(({ topic, stream }) => (stream.isOver ? [] : [topic])))
  }

  /** Begins a stream. Throws a Refusal beyond the limits, and where the reader has gone. */
  open(reply: FastifyReply, { reader, topic, mayRead }: Omit<Reading<Topic>, 'stream'>): Stream {
    if (this.#closed) throw new Refusal(503, 'VENUE_HALTED', 'the venue ends', 5)
    if (reply.raw.destroyed || reply.request.raw.socket.destroyed) {
      throw new Refusal(400, 'REQUEST_INVALID', 'the reader has gone')
    }
    this.#forgetOver()
    const { perReader, inAll, bytes } = this.#limits
    const own = [...this.#readings].filter((reading) => reading.reader === reader).length
    if (own >= perReader) {
      const told = `there are ${own} streams of yours, and ${perReader} are allowed; end one`
      throw new Refusal(429, 'STREAMS_LIMITED', told, 5)
    }
    if (this.#readings.size >= inAll && !this.#makeRoom(own + 1)) {
      const told = `all ${inAll} streams of the venue are in use, and none of them ends for another; ask again later`
      throw new Refusal(429, 'STREAMS_LIMITED', told, 5)
    }
    const reading = { reader, topic, mayRead, stream: new Stream(reply, bytes) }
    this.#readings.add(reading)
    reply.raw.once('close', () => this.#readings.delete(reading))
    return reading.stream
  }

  /** Ends the newest stream of whoever has the most, if those are more than so many: a few readers must not keep all others out. */
  #makeRoom(least: number): boolean {
    const byReader = Map.groupBy(this.#readings, ({ reader }) => reader)
    const most = [...byReader.values()].reduce((one, other) => (other.length > one.length ? other : one), [])
    if (most.length <= least) return false
    const newest = most.at(-1)!
    newest.stream.end('CROWDED')
    return this.#readings.delete(newest)
  }

  tell(topic: Topic, ...things: readonly unknown[]): void {
    let lines: string | undefined
    for (const reading of this.#readings) {
      if (reading.topic !== topic) continue
      lines ??= linesOf(things)
      reading.stream.tellLines(lines)
      if (reading.stream.isOver) this.#readings.delete(reading)
    }
  }

  /** Looks at once whether those who read a topic may still; where that cannot be found out, they do until the next time. */
  async check(topic?: Topic): Promise<void> {
    const readings = [...this.#readings].filter((reading) => topic === undefined || reading.topic === topic)
    await Promise.all(
      readings.map(async ({ mayRead, stream }) => {
        if (!(await mayRead().catch(() => true))) stream.end('TOKEN')
      }),
    )
  }

  #beatAll(): void {
    for (const { stream } of this.#readings) stream.tell({ kind: 'beat' })
    this.#forgetOver()
    this.check()
  }

  #forgetOver(): void {
    for (const reading of this.#readings) if (reading.stream.isOver) this.#readings.delete(reading)
  }

  [Symbol.dispose](): void {
    this.#closed = true
    clearInterval(this.#beat)
    for (const { stream } of this.#readings) stream.end('CLOSING')
  }
}

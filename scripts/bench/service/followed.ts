import { setTimeout } from 'node:timers/promises'
import type { Session } from '../../../client/index.ts'

/** Of a message or a batch: when its trader was told that it is proved, and settled; milliseconds of this process's clock. */
export interface Told {
  readonly proved: number
  readonly settled: number
}

const LOOK_MS = 50

/** What traders are told of their messages, from when it is made until it is disposed. */
export class Followed implements AsyncDisposable {
  readonly #ended = new AbortController()
  readonly #messages = new Map<number, Partial<Told>>()
  readonly #batches = new Map<number, Partial<Told>>()
  readonly #streams: Promise<void>
  #fault: unknown

  constructor(sessions: readonly Session[], after: readonly number[]) {
    const streams = sessions.map((session, i) => this.#follow(session, after[i]!))
    this.#streams = Promise.all(streams).then(
      () => undefined,
      (error) => {
        if (!this.#ended.signal.aborted) this.#fault = error
      },
    )
  }

  async #follow(session: Session, after: number): Promise<void> {
    for await (const told of session.follow({ after, signal: this.#ended.signal })) {
      if (told.kind === 'gap' || told.kind === 'end') throw new Error(`the stream of account ${session.account} broke`)
      if (told.kind === 'refused') throw new Error(`no batch takes message ${told.record}: ${told.reason}`)
      if (told.kind !== 'batch') continue
      const { batch, records, state } = told
      if (state === 'unsettled' || state === 'dropped') throw new Error(`batch ${batch} is ${state}: all is made anew`)
      if (state === 'final') continue
      const now = performance.now()
      // Each of its traders is told.
      this.#batches.set(batch, { [state]: now, ...this.#batches.get(batch) })
      for (const record of records) this.#messages.set(record, { [state]: now, ...this.#messages.get(record) })
    }
  }

  /** Of those messages, in their order, once all are settled. Throws where a stream broke, or anything was made anew. */
  async settled(records: readonly number[]): Promise<readonly Told[]> {
    const isSettled = (record: number) => this.#messages.get(record)?.settled !== undefined
    while (!records.every(isSettled)) {
      if (this.#fault !== undefined) throw this.#fault
      await setTimeout(LOOK_MS)
    }
    return records.map((record) => this.#messages.get(record) as Told)
  }

  /** Of all batches so far that are settled, by their numbers. */
  get batches(): ReadonlyMap<number, Told> {
    const whole = [...this.#batches].filter(([, { settled }]) => settled !== undefined)
    return new Map(whole) as ReadonlyMap<number, Told>
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#streams
  }
}

import { currentState, type SequencerState } from '../sequencer/state.ts'
import type { ReducedStep } from '../writer/writer.ts'
import { firstNumber, tellingsOf } from './account-events.ts'
import { AccountLog } from './account-log.ts'
import { bookDelta } from './market-views.ts'
import { Messages } from './messages.ts'
import { Owners } from './owners.ts'
import { Streams } from './streams.ts'
import { Tapes } from './tape.ts'

/** What traders are told as it happens: from records, once they are on disk, to the streams of accounts, books and trades. */
export class Feeds implements Disposable {
  readonly log: AccountLog
  readonly messages: Messages
  readonly accounts = new Streams<number>()
  readonly books = new Streams<number>()
  readonly tapes: Tapes
  readonly trades = new Streams<number>()
  readonly #owners: Owners
  readonly #begin: number
  readonly #onFill: (account: number) => void
  /** By market, how many records its book's last change knew. */
  readonly #changed = new Map<number, number>()

  /** From where the records begin that it will hear of. */
  constructor(state: SequencerState, onFill: (account: number) => void = () => undefined) {
    this.#onFill = onFill
    this.log = new AccountLog(firstNumber(state.records))
    this.messages = new Messages(state)
    this.tapes = new Tapes(state)
    this.#owners = new Owners(state)
    this.#begin = state.records
  }

  hear(steps: readonly ReducedStep[]): void {
    for (const step of steps) {
      this.#owners.learn(step)
      this.messages.learn(step)
      for (const telling of tellingsOf(step, this.#owners)) {
        const event = this.log.add(telling)
        this.messages.hear(telling.account, event)
        if (event.kind === 'filled') this.#onFill(telling.account)
        this.accounts.tell(telling.account, event)
      }
      for (const [market, entry] of this.tapes.hear(step)) this.trades.tell(market, entry)
      this.#owners.forget(step)
    }
    const [first, last] = [steps[0], steps.at(-1)]
    if (first !== undefined) this.#tellBooks(first.before, last!.after)
  }

  #tellBooks(before: SequencerState, after: SequencerState): void {
    const { shape } = currentState(after)
    const read = this.books.topics
    for (let market = 0; market < shape.markets; market++) {
      // Who comes later begins with the whole book.
      if (!read.has(market)) continue
      const delta = bookDelta(before, after, market)
      if (delta === undefined) continue
      this.books.tell(market, { ...delta, previous: this.#changed.get(market) ?? this.#begin })
      this.#changed.set(market, after.records)
    }
  }

  [Symbol.dispose](): void {
    this.accounts[Symbol.dispose]()
    this.books[Symbol.dispose]()
    this.trades[Symbol.dispose]()
  }
}

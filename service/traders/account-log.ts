import type { AccountEvent } from '../../client/wire/events.ts'
import type { Telling } from './account-events.ts'

/** Most events that are kept, over all accounts. */
const MOST_EVENTS = 200_000

interface Kept {
  readonly events: AccountEvent[]
  /** Number of the last event that is not kept any more. */
  forgotten: number
}

/** What was told to each account, as far as it is kept, for streams that go on where they broke off. */
export class AccountLog {
  readonly #kept = new Map<number, Kept>()
  /** Accounts in the order of their events: whose first event goes next, when there are too many. */
  readonly #order: number[] = []
  readonly #most: number
  #first = 0
  /** Where this log begins: nobody's events up to that number are kept. */
  readonly #begin: number

  constructor(begin: number, most = MOST_EVENTS) {
    this.#begin = begin
    this.#most = most
  }

  add({ account, number, told }: Telling): AccountEvent {
    const kept = this.#kept.get(account) ?? { events: [], forgotten: this.#begin }
    const event = { ...told, number, previous: kept.events.at(-1)?.number ?? kept.forgotten } as AccountEvent
    kept.events.push(event)
    this.#kept.set(account, kept)
    this.#order.push(account)
    if (this.#order.length - this.#first > this.#most) this.#forget()
    return event
  }

  /** Number of the account's last event, or of where the log begins. */
  last(account: number): number {
    const kept = this.#kept.get(account)
    return kept?.events.at(-1)?.number ?? kept?.forgotten ?? this.#begin
  }

  /** The account's events after that number; undefined if not all of them are kept, or there is no such number yet. */
  after(account: number, number: number): readonly AccountEvent[] | undefined {
    const { events, forgotten } = this.#kept.get(account) ?? { events: [], forgotten: this.#begin }
    if (number < forgotten || number > this.last(account)) return undefined
    return events.filter((event) => event.number > number)
  }

  #forget(): void {
    const kept = this.#kept.get(this.#order[this.#first++]!)!
    kept.forgotten = kept.events.shift()!.number
    if (this.#first < this.#most) return
    this.#order.splice(0, this.#first)
    this.#first = 0
  }
}

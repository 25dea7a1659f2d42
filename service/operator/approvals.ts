/** Who asks: two tokens are two persons, as those who made them answer for. */
export interface Asker {
  readonly id: string
  readonly name: string
}

/** For how long an act that one asked for waits for another, in milliseconds. */
const WAITS_MS = 3_600_000

/** Acts that two operators have to ask for, word for word, within an hour. */
export class Approvals {
  readonly #asked = new Map<string, { readonly by: Asker; readonly at: number }>()
  readonly #now: () => number

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Who else asked for the same act: it may be done, and is forgotten. undefined if nobody did: it waits. */
  second(act: string, by: Asker): Asker | undefined {
    const now = this.#now()
    for (const [name, { at }] of this.#asked) if (now - at > WAITS_MS) this.#asked.delete(name)
    const first = this.#asked.get(act)
    if (first === undefined) this.#asked.set(act, { by, at: now })
    if (first === undefined || first.by.id === by.id) return undefined
    this.#asked.delete(act)
    return first.by
  }

  /** What waits for a second operator. */
  get waiting(): readonly { readonly act: string; readonly name: string }[] {
    return [...this.#asked].map(([act, { by }]) => ({ act, name: by.name }))
  }
}

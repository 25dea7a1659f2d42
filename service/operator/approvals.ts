import { Refusal } from '../http/refusal.ts'

/** Who asks: two tokens with two names are two persons, as those who made them answer for. */
export interface Asker {
  readonly id: string
  readonly name: string
}

/** For how long an act that one asked for waits for another, in milliseconds. */
const WAITS_MS = 3_600_000

/** Acts that two operators have to ask for, word for word, within an hour. */
export class Approvals {
  readonly #asked = new Map<string, { readonly by: Asker; readonly at: number }>()
  readonly #isGood: (id: string) => Promise<boolean>
  readonly #now: () => number

  /** `isGood` tells whether the token of an id is good now; `now`: milliseconds of a clock that never goes back. */
  constructor(isGood: (id: string) => Promise<boolean>, now: () => number = () => performance.now()) {
    this.#isGood = isGood
    this.#now = now
  }

  /**
   * Who else asked for the same act, with a token that is still good: it may be done, and is forgotten. undefined if nobody did: it waits.
   * Throws a Refusal for another token of the same name.
   */
  async second(act: string, by: Asker): Promise<Asker | undefined> {
    const found = this.#first(act)
    const isGood = found !== undefined && (await this.#isGood(found.by.id))
    // From here on at one go: else it would be done twice, or what was asked for meanwhile would be lost.
    const now = this.#first(act)
    if (now !== found && now !== undefined) return await this.second(act, by)
    if (now === undefined || !isGood) {
      this.#asked.set(act, { by, at: this.#now() })
      return undefined
    }
    if (now.by.id === by.id) return undefined
    if (now.by.name === by.name) {
      throw new Refusal(409, 'SAME_OPERATOR', `the token of ${by.name} that asked for it before is the same person's`)
    }
    this.#asked.delete(act)
    return now.by
  }

  #first(act: string) {
    const now = this.#now()
    for (const [name, { at }] of this.#asked) if (now - at > WAITS_MS) this.#asked.delete(name)
    return this.#asked.get(act)
  }

  /** What waits for a second operator. */
  get waiting(): readonly { readonly act: string; readonly name: string }[] {
    return [...this.#asked].map(([act, { by }]) => ({ act, name: by.name }))
  }
}

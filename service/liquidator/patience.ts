/** Seconds until what was asked for is asked for again, the first time; each time twice as many, up to the bound. */
const FIRST = 30n
const LONGEST = 960n
/** After so many seconds it is as if it had not been asked for. */
const FORGOTTEN = 3_600n
/** Asked for so often, it does not hold: a person should look. */
const TOO_OFTEN = 4

/** What was asked for when, so that nothing that the chain refuses again and again is asked for without end. */
export class Patience {
  readonly #asked = new Map<string, { readonly times: number; readonly at: bigint }>()

  /** `now`: unix seconds. */
  may(name: string, now: bigint): boolean {
    const last = this.#asked.get(name)
    if (last === undefined) return true
    const doubled = FIRST << BigInt(Math.min(last.times - 1, 10))
    return now >= last.at + (doubled < LONGEST ? doubled : LONGEST)
  }

  note(name: string, now: bigint): void {
    for (const [other, { at }] of this.#asked) if (now >= at + FORGOTTEN) this.#asked.delete(other)
    this.#asked.set(name, { times: (this.#asked.get(name)?.times ?? 0) + 1, at: now })
  }

  /** How many things were asked for again and again. */
  get vain(): number {
    return [...this.#asked.values()].filter(({ times }) => times >= TOO_OFTEN).length
  }
}

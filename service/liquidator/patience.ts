/** Seconds until what was asked for is asked for again, the first time; each time twice as many, up to the bound. */
const FIRST = 30n
const LONGEST = 960n
/** After so many seconds it is as if it had not failed. */
const FORGOTTEN = 3_600n
/** Having failed so often, it does not hold: a person should look. */
const TOO_OFTEN = 4

/** What was asked for when and failed, so that nothing that is refused again and again is asked for without end. */
export class Patience {
  readonly #failed = new Map<string, { readonly times: number; readonly at: bigint }>()

  /** `now`: unix seconds. */
  may(name: string, now: bigint): boolean {
    const last = this.#failed.get(name)
    if (last === undefined) return true
    const doubled = FIRST << BigInt(Math.min(last.times - 1, 10))
    return now >= last.at + (doubled < LONGEST ? doubled : LONGEST)
  }

  /** It failed, having been asked for at `at`, unix seconds. */
  note(name: string, at: bigint): void {
    for (const [other, failure] of this.#failed) if (at >= failure.at + FORGOTTEN) this.#failed.delete(other)
    this.#failed.set(name, { times: (this.#failed.get(name)?.times ?? 0) + 1, at })
  }

  /** It is done. */
  forget(name: string): void {
    this.#failed.delete(name)
  }

  /** How many things were asked for again and again, and failed. */
  get vain(): number {
    return [...this.#failed.values()].filter(({ times }) => times >= TOO_OFTEN).length
  }
}

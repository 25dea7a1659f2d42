import { Newest } from '../newest.ts'

/** Amounts under names, of which half is left after a while, and half of that after as long again. */
export class Fading<Name> {
  readonly #halfMs: number
  readonly #amounts: Newest<Name, Amount>
  #all: Amount = { amount: 0, at: 0 }

  /** `most`: names that are remembered. Beyond it the one is forgotten to which nothing was added for the longest time. */
  constructor({ halfMs, most = 10_000 }: { readonly halfMs: number; readonly most?: number }) {
    this.#halfMs = halfMs
    this.#amounts = new Newest(most)
  }

  /** What is left of a name's. `now`: milliseconds, of any clock that goes on. */
  of(name: Name, now: number): number {
    const amount = this.#amounts.get(name)
    return amount === undefined ? 0 : this.#left(amount, now)
  }

  /** What is left of all names', forgotten ones too. */
  all(now: number): number {
    return this.#left(this.#all, now)
  }

  add(name: Name, amount: number, now: number): void {
    const own = this.of(name, now) + amount
    this.#amounts.set(name, { amount: own, at: now })
    this.#all = { amount: this.all(now) + amount, at: now }
  }

  #left({ amount, at }: Amount, now: number): number {
    return amount * 2 ** ((at - now) / this.#halfMs)
  }
}

interface Amount {
  readonly amount: number
  /** Milliseconds. */
  readonly at: number
}

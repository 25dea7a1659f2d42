import { Newest } from '../newest.ts'

/** Something that each may have so much of in a second, and at once. Who is long away has all of it, and is forgotten. */
export class Allowance<Name> {
  readonly #perSecond: number
  readonly #atOnce: number
  readonly #spent: Newest<Name, { amount: number; at: number }>

  /** `most`: names that are remembered. Beyond it the longest silent is forgotten. */
  constructor({ perSecond, atOnce, most = 100_000 }: { perSecond: number; atOnce: number; most?: number }) {
    this.#perSecond = perSecond
    this.#atOnce = atOnce
    this.#spent = new Newest(most)
  }

  /** Spends, or returns after how many seconds there would be enough; 0: it was spent. `now`: seconds, of any clock that goes on. */
  spend(name: Name, amount: number, now: number): number {
    const spent = this.#spentBy(name, now)
    const over = spent + amount - this.#atOnce
    this.#remember(name, over > 0 ? spent : spent + amount, now)
    return Math.max(0, over / this.#perSecond)
  }

  /** Spends also what there is not: until that is there again, nothing can be spent. Ten times what there is at once at most. */
  charge(name: Name, amount: number, now: number): void {
    this.#remember(name, Math.min(this.#spentBy(name, now) + amount, 10 * this.#atOnce), now)
  }

  /** Lets it spend so much more, beyond what there is at once too. */
  give(name: Name, amount: number, now: number): void {
    this.#remember(name, this.#spentBy(name, now) - amount, now)
  }

  /** Below 0: what was given and not spent, which does not go away with time. */
  #spentBy(name: Name, now: number): number {
    const { amount, at } = this.#spent.get(name) ?? { amount: 0, at: now }
    return amount > 0 ? Math.max(0, amount - (now - at) * this.#perSecond) : amount
  }

  #remember(name: Name, amount: number, now: number): void {
    if (amount === 0) this.#spent.delete(name)
    else this.#spent.set(name, { amount, at: now })
  }
}

/** Something that each may have so much of in a second, and at once. Who is long away has all of it, and is forgotten. */
export class Allowance<Name> {
  readonly #perSecond: number
  readonly #atOnce: number
  readonly #most: number
  readonly #spent = new Map<Name, { amount: number; at: number }>()

  /** `most`: names that are remembered. Beyond it the longest silent is forgotten. */
  constructor({ perSecond, atOnce, most = 100_000 }: { perSecond: number; atOnce: number; most?: number }) {
    this.#perSecond = perSecond
    this.#atOnce = atOnce
    this.#most = most
  }

  /** Spends, or returns after how many seconds there would be enough; 0: it was spent. `now`: seconds, of any clock that goes on. */
  spend(name: Name, amount: number, now: number): number {
    const { amount: before, at } = this.#spent.get(name) ?? { amount: 0, at: now }
    const spent = before > 0 ? Math.max(0, before - (now - at) * this.#perSecond) : before
    const over = spent + amount - this.#atOnce
    this.#spent.delete(name)
    const amountNow = over > 0 ? spent : spent + amount
    // Below 0: what was given beyond the usual.
    if (amountNow !== 0) this.#spent.set(name, { amount: amountNow, at: now })
    if (this.#spent.size > this.#most) this.#spent.delete(this.#spent.keys().next().value!)
    return over > 0 ? over / this.#perSecond : 0
  }

  /** Spends also what there is not: until that is there again, nothing can be spent. Ten times what there is at once at most. */
  charge(name: Name, amount: number, now: number): void {
    const { amount: before, at } = this.#spent.get(name) ?? { amount: 0, at: now }
    const spent = Math.max(Math.min(before, 0), before - (now - at) * this.#perSecond)
    this.#spent.delete(name)
    this.#spent.set(name, { amount: Math.min(spent + amount, 10 * this.#atOnce), at: now })
    if (this.#spent.size > this.#most) this.#spent.delete(this.#spent.keys().next().value!)
  }
}

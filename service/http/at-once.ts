/** How many of something each may have at once. */
export class AtOnce<Name> {
  readonly most: number
  readonly #held = new Map<Name, number>()

  constructor(most: number) {
    this.most = most
  }

  /** Takes one for a name, and returns what gives it back, once; undefined where it has as many as it may. */
  take(name: Name): (() => void) | undefined {
    const held = this.#held.get(name) ?? 0
    if (held >= this.most) return undefined
    this.#held.set(name, held + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const left = this.#held.get(name)! - 1
      if (left > 0) this.#held.set(name, left)
      else this.#held.delete(name)
    }
  }
}

import type { Facts } from './facts.ts'

/** A gadget whose soundness was argued on paper; it adds facts when its conditions are met. */
export interface LemmaInstance {
  /** The representatives that it is about: it is applied again once more is known of them. */
  readonly wires?: readonly number[]
  /** Adds what holds; true if it will never add more. */
  apply(facts: Facts): boolean
}

/**
 * Lemmas that may add something: at first all, then those about whose wires, or about points that they asked for, more is known
 * than when they were last applied.
 */
export class LemmaQueue {
  readonly #facts: Facts
  readonly #lemmas: readonly LemmaInstance[]
  readonly #isDone: Uint8Array
  readonly #isWaiting: Uint8Array
  /** Lemmas by wire. */
  readonly #around = new Map<number, number[]>()
  #waiting: number

  constructor(facts: Facts, lemmas: readonly LemmaInstance[]) {
    this.#facts = facts
    this.#lemmas = lemmas
    this.#isDone = new Uint8Array(lemmas.length)
    this.#isWaiting = new Uint8Array(lemmas.length).fill(1)
    this.#waiting = lemmas.length
    for (const [at, { wires = [] }] of lemmas.entries()) {
      for (const wire of new Set(wires)) {
        const around = this.#around.get(wire)
        if (around === undefined) this.#around.set(wire, [at])
        else around.push(at)
      }
    }
    if (lemmas.length === 0) return
    facts.onNews((wire) => {
      for (const at of this.#around.get(wire) ?? []) this.#wake(at)
    })
    facts.points.onNews((reader) => this.#wake(reader))
  }

  /** Has all lemmas applied again: some look at more than their own wires. */
  wakeAll(): void {
    for (const at of this.#lemmas.keys()) this.#wake(at)
  }

  /** Applies the lemmas that wait, in their order; whether they added anything. */
  apply(): boolean {
    const before = this.#facts.changes
    for (let at = 0; at < this.#lemmas.length && this.#waiting > 0; at++) {
      if (this.#isWaiting[at] === 0) continue
      this.#isWaiting[at] = 0
      this.#waiting--
      const lemma = this.#lemmas[at]!
      if (this.#facts.points.readBy(at, () => lemma.apply(this.#facts))) this.#isDone[at] = 1
    }
    return this.#facts.changes !== before
  }

  #wake(at: number): void {
    if (this.#isDone[at] === 1 || this.#isWaiting[at] === 1) return
    this.#isWaiting[at] = 1
    this.#waiting++
  }
}

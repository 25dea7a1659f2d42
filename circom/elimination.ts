import { invert, reduce } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import { addTerm, type LinearForm, scaled } from './linear-form.ts'

/**
 * Gaussian elimination over the field, one equation `form = 0` at a time. Each equation that is kept has a pivot: a wire of
 * coefficient 1 that no later equation mentions.
 */
export class Elimination {
  readonly #pivots = new Map<number, LinearForm>()
  readonly #tick: () => void

  /** `tick` is called again and again, and may throw to end what takes too long. */
  constructor(tick: () => void = () => {}) {
    this.#tick = tick
  }

  get size(): number {
    return this.#pivots.size
  }

  /** What an equation says beyond those that were kept: it without their pivots. The same object if it has none. */
  reduce(form: LinearForm): LinearForm {
    return this.#substitute(form, this.#pivots)
  }

  /** Keeps a reduced equation, with one of its wires as the pivot. */
  keep(form: LinearForm, pivot: number): void {
    this.#pivots.set(pivot, scaled(form, invert(form.terms.get(pivot)!)))
  }

  /** The values of pivots that follow from those of all other wires; none where one of these has no value. */
  solve(value: (wire: number) => bigint | undefined): Map<number, bigint> {
    const solution = new Map<number, bigint>()
    for (const [pivot, { constant, terms }] of this.#backwards()) {
      let sum: bigint | undefined = constant
      for (const [wire, coefficient] of terms) {
        if (wire === pivot) continue
        const known = solution.get(wire) ?? value(wire)
        sum = known === undefined || sum === undefined ? undefined : sum + coefficient * known
      }
      if (sum !== undefined) solution.set(pivot, reduce(-sum))
    }
    return solution
  }

  /** The pivots that the equations alone determine, in the order in which they were kept. */
  determined(): number[] {
    const full = new Map<number, LinearForm>()
    for (const [pivot, form] of this.#backwards()) full.set(pivot, this.#substitute(form, full))
    return [...this.#pivots.keys()].filter((pivot) => full.get(pivot)!.terms.size === 1)
  }

  #backwards(): [number, LinearForm][] {
    return [...this.#pivots].reverse()
  }

  /** A form without the pivots of equations. */
  #substitute(form: LinearForm, pivots: ReadonlyMap<number, LinearForm>): LinearForm {
    if (!form.terms.keys().some((wire) => pivots.has(wire))) return form
    const terms = new Map(form.terms)
    let { constant } = form
    // A map goes on to the keys that are added meanwhile.
    for (const wire of terms.keys()) {
      const equation = pivots.get(wire)
      if (equation === undefined) continue
      this.#tick()
      const factor = terms.get(wire)!
      constant -= factor * equation.constant
      for (const [other, coefficient] of equation.terms) addTerm(terms, other, FIELD - ((factor * coefficient) % FIELD))
    }
    return { constant: reduce(constant), terms }
  }
}

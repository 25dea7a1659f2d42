import { Elimination } from '../circom/elimination.ts'
import { asLinear, type LinearForm, reduceRow } from '../circom/linear-form.ts'
import { reduce } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { Assignment } from './alternatives.ts'
import { boundedSums, wrappedSums } from './bounded-sum.ts'
import { type DigitOptions, DigitSystems } from './digit-systems.ts'

/** Terms of what is left of a system beyond which it is given up. */
const MOST_TERMS = 1024
/** Systems that are looked at around one witness: others have their turn around the next. */
const MOST_SYSTEMS = 4
/** Terms that are passed over in the time in which one constraint is looked at. */
const TERMS_PER_CONSTRAINT = 4

/**
 * Numbers in digits of any base or in limbs, whose sum may be spread over rows: by Horner's rule, as partial sums, or column by
 * column with carries between them. What has no digits of its own, such as partial sums, products with what is fixed, and
 * carries that nothing bounds, is eliminated; the carries cancel, and what is left is one sum of digits with their weights,
 * modulo r. If the digits have room for more than r numbers, those of another integer may add up to the same.
 */
export class WideSums {
  readonly #options: DigitOptions
  readonly #systems: DigitSystems
  #next = 0

  constructor(options: DigitOptions) {
    this.#options = options
    this.#systems = new DigitSystems(options)
  }

  /** Digits that add up to the same otherwise, with what was eliminated; undefined where there is only time to take. */
  *around(witness: readonly bigint[]): Generator<Assignment | undefined> {
    const { all } = this.#systems
    for (let count = Math.min(MOST_SYSTEMS, all.length); count > 0; count--) {
      yield
      yield* this.#others(all[this.#next++ % all.length]!, witness)
    }
  }

  *#others(system: readonly number[], witness: readonly bigint[]): Generator<Assignment | undefined> {
    const rest = this.#eliminate(system, witness)
    if (rest === undefined) return
    const { elimination, sums } = rest
    for (const sum of sums) {
      yield
      for (const digits of this.#solutions(sum, witness)) {
        const pivots = elimination.solve((wire) => digits.get(wire) ?? witness[wire])
        const changes = [...digits, ...pivots].filter(([wire, value]) => value !== witness[wire])
        if (!changes.every(([wire, value]) => this.#isInRange(wire, value))) continue
        yield [...changes, ...changes.flatMap(([wire, value]) => this.#bits(wire, value, witness))]
      }
    }
  }

  /** The sums of digits alone that a system comes to, with what gives all else by them. Undefined if they grow too long. */
  #eliminate(system: readonly number[], witness: readonly bigint[]) {
    const { r1cs, fixed, tick } = this.#options
    const elimination = new Elimination(tick)
    const reduced = (form: LinearForm) => {
      const rest = elimination.reduce(form)
      tick(Math.ceil(rest.terms.size / TERMS_PER_CONSTRAINT))
      return rest
    }
    const sums: LinearForm[] = []
    for (const row of system) {
      const form = reduced(asLinear(reduceRow(r1cs, row, witness, fixed))!)
      if (form.terms.size > MOST_TERMS) return undefined
      const pivot = form.terms.keys().find((wire) => !this.#systems.isDigit(wire)) ?? this.#wider(form)
      if (pivot !== undefined) elimination.keep(form, pivot)
      else sums.push(form)
    }
    return { elimination, sums: sums.map(reduced).filter(({ terms }) => terms.size > 1) }
  }

  /** Of two digits that differ by a constant, or add up to one, the one with the wider range. */
  #wider({ terms }: LinearForm): number | undefined {
    if (terms.size !== 2) return undefined
    const [[one, first], [other, second]] = [...terms] as [[number, bigint], [number, bigint]]
    if (first !== second && first + second !== FIELD) return undefined
    return this.#width(one) > this.#width(other) ? one : other
  }

  #width(wire: number): bigint {
    const { low, high } = this.#options.rangeOf(wire)!
    return high - low
  }

  *#solutions({ terms }: LinearForm, witness: readonly bigint[]): Generator<Map<number, bigint>> {
    const { rangeOf, tick } = this.#options
    const bounded = [...terms].map(([wire, coefficient]) => {
      const { low, high } = rangeOf(wire)!
      return { wire, coefficient, bound: high - low, preferred: witness[wire]! - low }
    })
    for (const solution of wrappedSums(bounded)) {
      tick(bounded.length)
      yield new Map(solution.map(([wire, value]) => [wire, value + rangeOf(wire)!.low]))
    }
  }

  /** The bits of a digit that takes another value. */
  #bits(wire: number, value: bigint, witness: readonly bigint[]): Assignment {
    const { r1cs, fixed } = this.#options
    if (this.#systems.isBit(wire)) return []
    return this.#systems.sumsOfBits(wire).flatMap((row) => {
      const { constant, terms } = asLinear(reduceRow(r1cs, row, witness, fixed))!
      const bits = [...terms]
        .filter(([bit]) => bit !== wire)
        .map(([bit, coefficient]) => ({ wire: bit, coefficient, bound: 1n, preferred: witness[bit]! }))
      const [solution] = boundedSums(bits, reduce(-constant - (terms.get(wire) ?? 0n) * value)).take(1)
      return solution ?? []
    })
  }

  #isInRange(wire: number, value: bigint): boolean {
    const range = this.#options.rangeOf(wire)
    return range === undefined || (value >= range.low && value <= range.high)
  }
}

import { divide, reduce } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { R1cs } from './r1cs.ts'

/** constant + sum of coefficient * wire mod r; no coefficient is zero. */
export interface LinearForm {
  readonly constant: bigint
  readonly terms: ReadonlyMap<number, bigint>
}

/** One constraint a * b = c. */
export interface Constraint {
  readonly a: LinearForm
  readonly b: LinearForm
  readonly c: LinearForm
}

const ONE = [1n]
const ONLY_ONE = Uint8Array.of(1)

/** A constraint as it stands: wire 0 is the constant one. With `rename`, over other wires. */
export function readConstraint(r1cs: R1cs, row: number, rename?: ArrayLike<number>): Constraint {
  return reduceRow(r1cs, row, ONE, ONLY_ONE, rename)
}

/** The distinct wires of a constraint. */
export function wiresOf({ a, b, c }: Constraint): number[] {
  return [...new Set([...a.terms.keys(), ...b.terms.keys(), ...c.terms.keys()])]
}

/** A constraint with the values of all wires whose entry in `known` is not 0 put in. */
export function reduceRow(
  r1cs: R1cs,
  row: number,
  values: readonly bigint[],
  known: Uint8Array,
  rename?: ArrayLike<number>,
): Constraint {
  const part = (at: number) => {
    let constant = 0n
    const terms = new Map<number, bigint>()
    for (let term = r1cs.offsets[at]!; term < r1cs.offsets[at + 1]!; term++) {
      const wire = r1cs.wires[term]!
      const coefficient = r1cs.coefficients[r1cs.coefficientOf[term]!]!
      if (known[wire]) constant += coefficient * values[wire]!
      else addTerm(terms, rename === undefined ? wire : rename[wire]!, coefficient)
    }
    return { constant: constant % FIELD, terms }
  }
  return { a: part(3 * row), b: part(3 * row + 1), c: part(3 * row + 2) }
}

/** factor * form - other. */
export function combine(factor: bigint, form: LinearForm, other: LinearForm): LinearForm {
  const terms = new Map<number, bigint>()
  for (const [wire, coefficient] of form.terms) addTerm(terms, wire, (factor * coefficient) % FIELD)
  for (const [wire, coefficient] of other.terms) addTerm(terms, wire, FIELD - coefficient)
  return { constant: reduce(factor * form.constant - other.constant), terms }
}

/** factor * form, for a factor that is not 0. */
export function scaled({ constant, terms }: LinearForm, factor: bigint): LinearForm {
  if (factor === 1n) return { constant, terms }
  return {
    constant: (factor * constant) % FIELD,
    terms: new Map([...terms].map(([wire, coefficient]) => [wire, (factor * coefficient) % FIELD])),
  }
}

/** The linear form that a row says is zero, if it is linear in what is unknown. */
export function asLinear({ a, b, c }: Constraint): LinearForm | undefined {
  if (a.terms.size === 0) return combine(a.constant, b, c)
  if (b.terms.size === 0) return combine(b.constant, a, c)
  return undefined
}

/** The k with other's terms = k * form's terms; undefined if there is none. `form` has terms. */
export function ratio(form: LinearForm, other: LinearForm): bigint | undefined {
  if (other.terms.size === 0) return 0n
  if (other.terms.size !== form.terms.size) return undefined
  const [[wire, coefficient]] = form.terms as unknown as [[number, bigint]]
  const mine = other.terms.get(wire)
  if (mine === undefined) return undefined
  const k = divide(mine, coefficient)
  for (const [at, value] of form.terms) if (other.terms.get(at) !== (k * value) % FIELD) return undefined
  return k
}

/** The value of a form once every wire in it has one. */
export function evaluate({ constant, terms }: LinearForm, values: readonly bigint[]): bigint {
  let sum = constant
  for (const [wire, coefficient] of terms) sum += coefficient * values[wire]!
  return reduce(sum)
}

export function sameConstraint(left: Constraint, right: Constraint): boolean {
  return (['a', 'b', 'c'] as const).every((part) => {
    const [one, other] = [left[part], right[part]]
    const sameTerms = [...one.terms].every(([wire, coefficient]) => other.terms.get(wire) === coefficient)
    return one.constant === other.constant && one.terms.size === other.terms.size && sameTerms
  })
}

/** The constraint with one wire replaced by another. */
export function renameWire({ a, b, c }: Constraint, wire: number, by: number): Constraint {
  const renamed = (form: LinearForm): LinearForm => {
    const coefficient = form.terms.get(wire)
    if (coefficient === undefined) return form
    const terms = new Map(form.terms)
    terms.delete(wire)
    addTerm(terms, by, coefficient)
    return { constant: form.constant, terms }
  }
  return { a: renamed(a), b: renamed(b), c: renamed(c) }
}

/** The value of a form as an integer, not reduced. */
export function sumOf({ constant, terms }: LinearForm, value: (wire: number) => bigint): bigint {
  let sum = constant
  for (const [wire, coefficient] of terms) sum += coefficient * value(wire)
  return sum
}

/** Whether values satisfy a constraint. */
export function holds({ a, b, c }: Constraint, value: (wire: number) => bigint): boolean {
  return (sumOf(a, value) * sumOf(b, value) - sumOf(c, value)) % FIELD === 0n
}

/** Adds to a coefficient of a form that is being made. */
export function addTerm(terms: Map<number, bigint>, wire: number, coefficient: bigint): void {
  const sum = ((terms.get(wire) ?? 0n) + coefficient) % FIELD
  if (sum === 0n) terms.delete(wire)
  else terms.set(wire, sum)
}

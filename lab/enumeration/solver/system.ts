import type { R1cs } from '../../../circom/r1cs.ts'
import { FIELD, fromField } from '../../../protocol/numbers.ts'

/** A linear combination of wires, with signed coefficients; the constant one stands apart. */
export interface Combination {
  readonly constant: bigint
  readonly terms: ReadonlyMap<number, bigint>
}

/** a * b = c in the field. */
export interface Constraint {
  readonly a: Combination
  readonly b: Combination
  readonly c: Combination
}

export interface System {
  readonly wires: ReadonlySet<number>
  readonly constraints: readonly Constraint[]
  /** Wires with a constraint that has exactly the solutions 0 and 1, and the row of one such constraint. */
  readonly booleans: ReadonlyMap<number, number>
}

/** The constraints that have to do with the given wires, directly or through others. */
export function systemOf(r1cs: R1cs, about: readonly number[]): System {
  const part = (row: number): Combination => {
    const terms = new Map<number, bigint>()
    for (let at = r1cs.offsets[row]!; at < r1cs.offsets[row + 1]!; at++) {
      const wire = r1cs.wires[at]!
      terms.set(wire, fromField(r1cs.coefficients[r1cs.coefficientOf[at]!]!))
    }
    const constant = terms.get(0) ?? 0n
    terms.delete(0)
    return { constant, terms }
  }
  const all = Array.from({ length: r1cs.nConstraints }, (_, row) => ({
    a: part(3 * row),
    b: part(3 * row + 1),
    c: part(3 * row + 2),
  }))
  const { constraints, wires: connected } = connectedTo(all, about)
  const booleans = new Map<number, number>()
  for (const [row, constraint] of constraints.entries()) {
    const wires = wiresOf(constraint)
    if (wires.length === 1 && hasRootsZeroAndOne(constraint, wires[0]!)) booleans.set(wires[0]!, row)
  }
  return { wires: connected, constraints, booleans }
}

function connectedTo(constraints: readonly Constraint[], about: readonly number[]) {
  const rowsOf = new Map<number, Constraint[]>()
  for (const constraint of constraints) {
    for (const wire of wiresOf(constraint)) rowsOf.set(wire, [...(rowsOf.get(wire) ?? []), constraint])
  }
  const wires = new Set(about)
  const near = new Set<Constraint>()
  // a set goes on to what is added to it meanwhile
  for (const wire of wires) {
    for (const constraint of rowsOf.get(wire) ?? []) {
      near.add(constraint)
      for (const other of wiresOf(constraint)) wires.add(other)
    }
  }
  return { constraints: constraints.filter((constraint) => near.has(constraint)), wires }
}

export function wiresOf({ a, b, c }: Constraint): number[] {
  return [...new Set([...a.terms.keys(), ...b.terms.keys(), ...c.terms.keys()])]
}

/** A polynomial of degree 2 that vanishes at 0 and 1 has no other root. */
function hasRootsZeroAndOne({ a, b, c }: Constraint, wire: number): boolean {
  const at = ({ constant, terms }: Combination, x: bigint) => constant + (terms.get(wire) ?? 0n) * x
  const vanishes = (x: bigint) => (at(a, x) * at(b, x) - at(c, x)) % FIELD === 0n
  return a.terms.has(wire) && b.terms.has(wire) && vanishes(0n) && vanishes(1n)
}

/** 1 / x in the field, for x not 0 in it. */
export function inverse(x: bigint): bigint {
  let [low, high] = [((x % FIELD) + FIELD) % FIELD, FIELD]
  if (low === 0n) throw new Error('0 has no inverse')
  let [factor, other] = [1n, 0n]
  while (low > 1n) {
    const quotient = high / low
    ;[low, high] = [high - quotient * low, low]
    ;[factor, other] = [other - quotient * factor, factor]
  }
  return ((factor % FIELD) + FIELD) % FIELD
}

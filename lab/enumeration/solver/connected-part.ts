import { type Constraint, type LinearForm, readConstraint, wiresOf } from '../../../circom/linear-form.ts'
import type { R1cs } from '../../../circom/r1cs.ts'
import { FIELD, fromField } from '../../../protocol/numbers.ts'

/** The constraints of a system that have to do with some wires; coefficients are signed. */
export interface ConnectedPart {
  readonly wires: ReadonlySet<number>
  readonly constraints: readonly Constraint[]
  /** Wires with a constraint that has exactly the solutions 0 and 1, and the row of one such constraint. */
  readonly booleans: ReadonlyMap<number, number>
}

/** The constraints that have to do with the given wires, directly or through others. */
export function connectedPart(r1cs: R1cs, about: readonly number[]): ConnectedPart {
  const all = Array.from({ length: r1cs.nConstraints }, (_, row) => {
    const { a, b, c } = readConstraint(r1cs, row)
    return { a: signed(a), b: signed(b), c: signed(c) }
  })
  const { constraints, wires: connected } = connectedTo(all, about)
  const booleans = new Map<number, number>()
  for (const [row, constraint] of constraints.entries()) {
    const wires = wiresOf(constraint)
    if (wires.length === 1 && hasRootsZeroAndOne(constraint, wires[0]!)) booleans.set(wires[0]!, row)
  }
  return { wires: connected, constraints, booleans }
}

function signed({ constant, terms }: LinearForm): LinearForm {
  return { constant: fromField(constant), terms: new Map([...terms].map(([wire, k]) => [wire, fromField(k)])) }
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

/** A polynomial of degree 2 that vanishes at 0 and 1 has no other root. */
function hasRootsZeroAndOne({ a, b, c }: Constraint, wire: number): boolean {
  const at = ({ constant, terms }: LinearForm, x: bigint) => constant + (terms.get(wire) ?? 0n) * x
  const vanishes = (x: bigint) => (at(a, x) * at(b, x) - at(c, x)) % FIELD === 0n
  return a.terms.has(wire) && b.terms.has(wire) && vanishes(0n) && vanishes(1n)
}

import type { R1cs } from '../../circom/r1cs.ts'
import { FIELD } from '../../protocol/numbers.ts'

/** A linear combination: wires with canonical coefficients. */
export type Terms = readonly (readonly [wire: number, coefficient: bigint])[]

/** The same as a list of arguments, which reads as a sum. */
export function terms(...list: Terms): Terms {
  return list
}

/** a * b = c. */
export type Constraint = readonly [a: Terms, b: Terms, c: Terms]

/** A constraint system of hand-made constraints; outputs are wires 1 to nOutputs, private inputs follow. */
export function r1csOf(options: {
  nWires: number
  nOutputs?: number
  nInputs?: number
  constraints: readonly Constraint[]
}): R1cs {
  const { nWires, nOutputs = 0, nInputs = 0, constraints } = options
  const header = { nPublic: nOutputs, nOutputs, nPublicInputs: 0, nPrivateInputs: nInputs }
  const labelOf = Uint32Array.from({ length: nWires }, (_, wire) => wire)
  return { prime: FIELD, nWires, ...header, ...tables(constraints), labelOf }
}

/** The constraints of a system. */
export function constraintsOf({ nConstraints, offsets, wires, coefficientOf, coefficients }: R1cs): Constraint[] {
  const part = (at: number): Terms =>
    Array.from({ length: offsets[at + 1]! - offsets[at]! }, (_, i) => {
      const term = offsets[at]! + i
      return [wires[term]!, coefficients[coefficientOf[term]!]!] as const
    })
  return Array.from({ length: nConstraints }, (_, row) => [part(3 * row), part(3 * row + 1), part(3 * row + 2)])
}

/** The same wires under other constraints. */
export function withConstraints(r1cs: R1cs, constraints: readonly Constraint[]): R1cs {
  return { ...r1cs, ...tables(constraints) }
}

function tables(constraints: readonly Constraint[]) {
  const terms = constraints.flat(2) as (readonly [number, bigint])[]
  const offsets = new Uint32Array(3 * constraints.length + 1)
  for (const [at, part] of constraints.flat().entries()) offsets[at + 1] = offsets[at]! + part.length
  const places = new Map<bigint, number>()
  for (const [, coefficient] of terms) if (!places.has(coefficient)) places.set(coefficient, places.size)
  return {
    nConstraints: constraints.length,
    offsets,
    wires: Uint32Array.from(terms, ([wire]) => wire),
    coefficientOf: Uint32Array.from(terms, ([, coefficient]) => places.get(coefficient)!),
    coefficients: [...places.keys()],
  }
}

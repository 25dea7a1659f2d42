import { ZkclearError } from '../protocol/errors.ts'
import type { R1cs } from './r1cs.ts'

/**
 * The constraints that a witness breaks, in order; empty if it satisfies the system. Stops after `limit` (default 16).
 * Throws INPUT_INVALID for a witness of the wrong length or a non-canonical entry (never showing its value).
 */
export function findBrokenConstraints(r1cs: R1cs, witness: readonly bigint[], { limit = 16 } = {}): number[] {
  checkWitness(r1cs, witness)
  const broken: number[] = []
  if (witness[0] !== 1n)
    throw new ZkclearError('INPUT_INVALID', 'entry 0 of a witness must be 1', { path: 'witness[0]' })
  const value = (wire: number) => witness[wire]!
  for (let row = 0; row < r1cs.nConstraints && broken.length < limit; row++) {
    if (!satisfies(r1cs, row, value)) broken.push(row)
  }
  return broken
}

/** Whether values satisfy one constraint. */
export function satisfies(r1cs: R1cs, constraint: number, value: (wire: number) => bigint): boolean {
  const a = combination(r1cs, value, 3 * constraint)
  const b = a === 0n ? 0n : combination(r1cs, value, 3 * constraint + 1)
  const c = combination(r1cs, value, 3 * constraint + 2)
  return (b === 0n ? c : a * b - c) % r1cs.prime === 0n
}

/** Rechecks single changes of one witness, each in time proportional to the constraints that it concerns. */
export interface TamperCheck {
  /** The constraints that mention a wire, ascending. */
  constraintsOf(wire: number): readonly number[]
  /**
   * The constraints broken once the given wires take the given values (canonical) instead of the witness's own,
   * ascending. Assumes that the witness itself breaks none: constraints that mention no changed wire are not looked at.
   */
  brokenBy(changes: ReadonlyMap<number, bigint>): number[]
}

/** Prepares a witness for `TamperCheck`; throws as `findBrokenConstraints` does. */
export function createTamperCheck(r1cs: R1cs, witness: readonly bigint[]): TamperCheck {
  checkWitness(r1cs, witness)
  const { starts, terms } = termsByWire(r1cs)
  const rowOf = rowOfTerm(r1cs)
  const value = (wire: number) => witness[wire]!
  // The value of every linear combination under the honest witness: a change then costs one product per term.
  const values = Array.from({ length: 3 * r1cs.nConstraints }, (_, row) => combination(r1cs, value, row) % r1cs.prime)

  return {
    constraintsOf(wire) {
      const rows = new Set<number>()
      for (let at = starts[wire]!; at < starts[wire + 1]!; at++) rows.add(Math.floor(rowOf[terms[at]!]! / 3))
      return [...rows].sort((a, b) => a - b)
    },
    brokenBy(changes) {
      const changed = new Map<number, bigint>()
      for (const [wire, value] of changes) {
        if (!(wire >= 0 && wire < r1cs.nWires)) {
          throw new ZkclearError('INPUT_INVALID', `wire ${wire} does not exist; the system has ${r1cs.nWires}`)
        }
        const delta = value - witness[wire]!
        for (let at = starts[wire]!; at < starts[wire + 1]!; at++) {
          const term = terms[at]!
          const row = rowOf[term]!
          const before = changed.get(row) ?? values[row]!
          changed.set(row, before + delta * r1cs.coefficients[r1cs.coefficientOf[term]!]!)
        }
      }
      const broken = new Set<number>()
      for (const row of changed.keys()) {
        const first = row - (row % 3)
        const [a, b, c] = [first, first + 1, first + 2].map((part) => changed.get(part) ?? values[part]!)
        if ((a! * b! - c!) % r1cs.prime !== 0n) broken.add(first / 3)
      }
      return [...broken].sort((a, b) => a - b)
    },
  }
}

/** Coefficients between -p/2 and p/2: nearly all are 1, -1 or powers of two, which cost little. */
const signedCoefficients = new WeakMap<R1cs, readonly bigint[]>()

function signed(r1cs: R1cs): readonly bigint[] {
  const known = signedCoefficients.get(r1cs)
  if (known !== undefined) return known
  const made = r1cs.coefficients.map((value) => (value > r1cs.prime >> 1n ? value - r1cs.prime : value))
  signedCoefficients.set(r1cs, made)
  return made
}

/** The value of a linear combination, not reduced. */
function combination(r1cs: R1cs, value: (wire: number) => bigint, row: number): bigint {
  const coefficients = signed(r1cs)
  const { offsets, coefficientOf, wires } = r1cs
  let sum = 0n
  for (let term = offsets[row]!; term < offsets[row + 1]!; term++) {
    const own = value(wires[term]!)
    if (own === 0n) continue
    const coefficient = coefficients[coefficientOf[term]!]!
    if (coefficient === 1n) sum += own
    else if (coefficient === -1n) sum -= own
    else sum += coefficient * own
  }
  return sum
}

function termsByWire({ nWires, wires }: R1cs) {
  const starts = new Uint32Array(nWires + 1)
  for (const wire of wires) starts[wire + 1]!++
  for (let wire = 0; wire < nWires; wire++) starts[wire + 1]! += starts[wire]!
  const next = starts.slice()
  const terms = new Uint32Array(wires.length)
  for (const [term, wire] of wires.entries()) terms[next[wire]!++] = term
  return { starts, terms }
}

function rowOfTerm({ offsets, wires }: R1cs): Uint32Array {
  const rowOf = new Uint32Array(wires.length)
  for (let row = 0; row + 1 < offsets.length; row++) rowOf.fill(row, offsets[row], offsets[row + 1])
  return rowOf
}

function checkWitness(r1cs: R1cs, witness: readonly bigint[]): void {
  if (witness.length !== r1cs.nWires) {
    throw new ZkclearError(
      'INPUT_INVALID',
      `the witness has ${witness.length} entries; the system has ${r1cs.nWires} wires`,
    )
  }
  const bad = witness.findIndex((value) => value < 0n || value >= r1cs.prime)
  if (bad >= 0) {
    throw new ZkclearError('INPUT_INVALID', 'is not a canonical field element', { path: `witness[${bad}]` })
  }
}

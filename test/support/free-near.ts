import type { R1cs } from '../../circom/r1cs.ts'
import { reduce } from '../../protocol/field.ts'
import { type Constraint, constraintsOf, type Terms } from './constraint-rows.ts'

/**
 * Wires that may be free in the neighbourhood of a witness: those that are left after taking away, again and again, the one
 * remaining wire of a constraint whose derivative by it is not 0 there. What was taken away belongs to no family of witnesses
 * through this one. Where a quotient is 0 / 0, it stays, and all that depends on it.
 */
export function freeNear(r1cs: R1cs, witness: readonly bigint[], inputs: readonly number[]): number[] {
  const rows = constraintsOf(r1cs)
  const rowsOf = Array.from({ length: r1cs.nWires }, (): number[] => [])
  const open = rows.map((row) => new Set(row.flat().map(([wire]) => wire)))
  for (const [index, wires] of open.entries()) for (const wire of wires) rowsOf[wire]!.push(index)
  const isSettled = new Uint8Array(r1cs.nWires)
  const settled: number[] = []
  const settle = (wire: number) => {
    if (isSettled[wire]) return
    isSettled[wire] = 1
    settled.push(wire)
  }
  const look = (index: number) => {
    const row = rows[index]!
    if (open[index]!.size > 3) return
    // A wire whose whole coefficient is settled, and 0, does not matter.
    const [last, ...more] = [...open[index]!].filter((wire) => !isGone(row, wire, witness, isSettled))
    if (last !== undefined && more.length === 0 && derivative(row, last, witness) !== 0n) settle(last)
  }
  for (const wire of [0, ...inputs]) settle(wire)
  for (const index of rows.keys()) look(index)
  for (const wire of settled) {
    for (const index of rowsOf[wire]!) {
      open[index]!.delete(wire)
      look(index)
    }
  }
  return Array.from(isSettled.keys()).filter((wire) => isSettled[wire] === 0)
}

function isGone(row: Constraint, wire: number, witness: readonly bigint[], isSettled: Uint8Array): boolean {
  const [a, b] = row
  const has = (terms: Terms) => terms.some(([one]) => one === wire)
  const beside = [...(has(a) ? b : []), ...(has(b) ? a : [])]
  return beside.every(([one]) => isSettled[one] === 1) && derivative(row, wire, witness) === 0n
}

function derivative([a, b, c]: Constraint, wire: number, witness: readonly bigint[]): bigint {
  const value = (terms: Terms) => terms.reduce((sum, [one, k]) => sum + k * witness[one]!, 0n)
  const by = (terms: Terms) => terms.reduce((sum, [one, k]) => (one === wire ? sum + k : sum), 0n)
  return reduce(by(a) * value(b) + value(a) * by(b) - by(c))
}

import { invert, reduce } from '../../protocol/field.ts'
import { never, type Tick } from '../clock.ts'
import type { Facts } from '../facts.ts'
import { affinePart } from './linear.ts'

/** A reduced row longer than this is given up: it will not single out a wire, and filling in costs most. */
const MOST_TERMS = 512

/**
 * Gaussian elimination over what is unknown in all rows that are affine in it: where the reduced system has a row with one
 * wire, that wire is determined. Returns whether anything was.
 */
export function eliminate(facts: Facts, tick: Tick = never): boolean {
  /** Reduced rows by pivot: pivot = -(sum of the rest) + known. */
  const pivots = new Map<number, Map<number, bigint>>()
  /** Pivots whose rows mention a wire, so that a new pivot can be eliminated from them. */
  const users = new Map<number, Set<number>>()
  const note = (pivot: number, row: ReadonlyMap<number, bigint>) => {
    for (const wire of row.keys()) {
      if (wire === pivot) continue
      if (!users.has(wire)) users.set(wire, new Set())
      users.get(wire)!.add(pivot)
    }
  }

  for (const row of facts.system.rows) {
    tick()
    const form = affinePart(facts, row)
    if (form === undefined) continue
    const open = facts.unknownIn(form)
    if (open.length < 2 || open.length > MOST_TERMS) continue
    const reduced = new Map(open.map((wire) => [wire, form.coefficients[form.wires.indexOf(wire)]!]))
    for (const wire of open) {
      tick()
      const pivotRow = pivots.get(wire)
      if (pivotRow !== undefined) subtract(reduced, pivotRow, reduced.get(wire)!)
    }
    const [pivot] = reduced.keys()
    if (pivot === undefined || reduced.size > MOST_TERMS) continue
    const inverse = invert(reduced.get(pivot)!)
    for (const [wire, c] of reduced) reduced.set(wire, reduce(c * inverse))
    for (const user of users.get(pivot) ?? []) {
      tick()
      const row = pivots.get(user)!
      const factor = row.get(pivot)
      if (factor === undefined) continue
      subtract(row, reduced, factor)
      note(user, row)
    }
    pivots.set(pivot, reduced)
    note(pivot, reduced)
  }

  const found = [...pivots].filter(([, row]) => row.size === 1)
  for (const [wire] of found) facts.know(wire, 'elimination')
  return found.length > 0
}

/** row -= factor * other, dropping what cancels. */
function subtract(row: Map<number, bigint>, other: ReadonlyMap<number, bigint>, factor: bigint): void {
  for (const [wire, c] of other) {
    const value = reduce((row.get(wire) ?? 0n) - factor * c)
    if (value === 0n) row.delete(wire)
    else row.set(wire, value)
  }
}

import { type Affine, restrict, scale } from '../../circom/affine.ts'
import type { Row } from '../../circom/system.ts'
import { invert, reduce } from '../../protocol/field.ts'
import type { Facts } from '../facts.ts'
import { affinePart, intervalOfProduct } from './linear.ts'

/**
 * Booleans x_i with sum(x_i) = known <= 1 and sum(c_i * x_i) = known for different c_i: at most one x_i is 1, and the second
 * sum says which. (A wire that the second sum leaves out has c_i = 0.)
 */
export function solveOneHot(facts: Facts, row: Row): void {
  const form = affinePart(facts, row)
  if (form === undefined) return
  const unknown = facts.unknownIn(form)
  if (unknown.length < 2 || !unknown.every((wire) => facts.isBoolean(wire))) return
  // Either sum may be the one that changed; the one over places leaves out one bit at most.
  for (const wire of unknown.slice(0, 2)) {
    for (const index of facts.system.rowsOf(wire)) {
      const otherRow = facts.system.rows[index]!
      const other = affinePart(facts, otherRow)
      if (other === undefined || otherRow === row) continue
      for (const [count, counted, place] of [
        [row, form, other],
        [otherRow, other, form],
      ] as const) {
        const hot = facts.unknownIn(counted)
        if (!isCountOfAtMostOne(facts, count, counted, hot) || !namesPlaces(facts, place, new Set(hot))) continue
        for (const bit of hot) facts.know(bit, 'one-hot')
        return
      }
    }
  }
}

function isCountOfAtMostOne(facts: Facts, row: Row, form: Affine, unknown: readonly number[]): boolean {
  if (unknown.length === 0 || !unknown.every((wire) => facts.isBoolean(wire))) return false
  const coefficients = new Map(form.wires.map((wire, i) => [wire, form.coefficients[i]!]))
  const unit = coefficients.get(unknown[0]!)!
  if (unknown.some((wire) => coefficients.get(wire) !== unit)) return false
  // unit * count + rest = 0, or a * b: the count is congruent to (a * b - rest) / unit, and at most the number of booleans.
  const factor = invert(unit)
  const rest = scale(
    restrict(form, (wire) => facts.isKnown(wire)),
    reduce(-factor),
  )
  const interval =
    row.kind === 'linear' ? facts.intervalOf(rest) : intervalOfProduct(facts, { a: row.a, b: row.b, factor, rest })
  return interval !== undefined && interval.low >= 0n && interval.high <= 1n
}

function namesPlaces(facts: Facts, form: Affine, hot: ReadonlySet<number>): boolean {
  const open = facts.unknownIn(form)
  if (!open.every((wire) => hot.has(wire)) || open.length + 1 < hot.size) return false
  const places = open.map((wire) => form.coefficients[form.wires.indexOf(wire)]!)
  return new Set(places).size === places.length
}

import { invert, reduce } from '../../prover/keys/field.ts'
import { type Affine, restrict, scale } from '../affine.ts'
import type { Facts } from '../facts.ts'
import { affinePart } from './linear.ts'

/**
 * Booleans x_i with sum(x_i) = known <= 1 and sum(c_i * x_i) = known for different c_i: at most one x_i is 1, and the second
 * sum says which. (A wire that the second sum leaves out has c_i = 0.)
 */
export function solveOneHot(facts: Facts, form: Affine): void {
  const unknown = facts.unknownIn(form)
  if (unknown.length < 2 || !unknown.every((wire) => facts.isBoolean(wire))) return
  // Either sum may be the one that changed; the one over places leaves out one bit at most.
  for (const wire of unknown.slice(0, 2)) {
    for (const index of facts.system.rowsOf(wire)) {
      const other = affinePart(facts, facts.system.rows[index]!)
      if (other === undefined || other === form) continue
      for (const [count, place] of [
        [form, other],
        [other, form],
      ] as const) {
        const hot = facts.unknownIn(count)
        if (!isCountOfAtMostOne(facts, count, hot) || !namesPlaces(facts, place, new Set(hot))) continue
        for (const bit of hot) facts.know(bit, 'one-hot')
        return
      }
    }
  }
}

function isCountOfAtMostOne(facts: Facts, form: Affine, unknown: readonly number[]): boolean {
  if (unknown.length === 0 || !unknown.every((wire) => facts.isBoolean(wire))) return false
  const coefficients = new Map(form.wires.map((wire, i) => [wire, form.coefficients[i]!]))
  const unit = coefficients.get(unknown[0]!)!
  if (unknown.some((wire) => coefficients.get(wire) !== unit)) return false
  // unit * count + rest = 0: the count is congruent to -rest / unit, and to at most the number of booleans.
  const factor = reduce(-invert(unit))
  const rest = restrict(form, (wire) => facts.isKnown(wire))
  const interval = facts.intervalOf(scale(rest, factor))
  return interval !== undefined && interval.low >= 0n && interval.high <= 1n
}

function namesPlaces(facts: Facts, form: Affine, hot: ReadonlySet<number>): boolean {
  const open = facts.unknownIn(form)
  if (!open.every((wire) => hot.has(wire)) || open.length + 1 < hot.size) return false
  const places = open.map((wire) => form.coefficients[form.wires.indexOf(wire)]!)
  return new Set(places).size === places.length
}

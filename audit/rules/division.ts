import { type Affine, addScaled, coefficientOf, scale } from '../../circom/affine.ts'
import type { Row } from '../../circom/system.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD, min } from '../../protocol/numbers.ts'
import type { Facts } from '../facts.ts'

/**
 * q * d + r = known with known d, 0 <= r < d and no wrap: Euclid's division has one quotient and one remainder. That r < d
 * must follow from a linear row that bounds r - d.
 */
export function solveDivision(facts: Facts, row: Row): void {
  if (row.kind === 'linear') return
  const [r, ...more] = facts.unknownIn(row.c)
  if (r === undefined || more.length > 0) return
  for (const [quotient, divisor] of [
    [row.a, row.b],
    [row.b, row.a],
  ] as const) {
    const [q, ...others] = facts.unknownIn(quotient)
    if (q === undefined || q === r || others.length > 0 || !facts.isKnownForm(divisor)) continue
    // (s * q + ..) * d - (t * r + ..) = 0, divided by -t: q * (-s/t * d) + r = known.
    const factor = reduce(-coefficientOf(quotient, q) * invert(coefficientOf(row.c, r)))
    if (!isEuclidean(facts, q, r, scale(divisor, factor))) continue
    facts.know(q, 'division')
    facts.know(r, 'division')
    return
  }
}

function isEuclidean(facts: Facts, q: number, r: number, divisor: Affine): boolean {
  const [quotients, remainders, divisors] = [facts.interval(q), facts.interval(r), facts.intervalOf(divisor)]
  if (quotients === undefined || remainders === undefined || divisors === undefined || divisors.low < 0n) return false
  if (quotients.high * divisors.high + remainders.high >= FIELD) return false
  return facts.system.rowsOf(r).some((index) => {
    const row = facts.system.rows[index]!
    if (row.kind === 'product') return false
    // r + rest = 0, so that r - d is congruent to -rest - d.
    const monic = scale(row.form, invert(coefficientOf(row.form, r)))
    const difference = facts.intervalOf(addScaled(scale(withoutWire(monic, r), -1n), divisor, -1n))
    if (difference === undefined || difference.high >= 0n) return false
    const low = min(difference.low, -divisors.high)
    return remainders.high - low < FIELD
  })
}

function withoutWire(form: Affine, wire: number): Affine {
  return addScaled(form, { constant: 0n, wires: [wire], coefficients: [1n] }, -coefficientOf(form, wire))
}

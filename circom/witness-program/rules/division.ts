import { invert, reduce } from '../../../protocol/field.ts'
import { type Affine, addScaled, affine, coefficientOf, isConstant, scale, signed } from '../../affine.ts'
import { type Derivation, monic, without } from '../derivation.ts'
import { widthOf } from './bits.ts'

/** Numbers below 2^253 do not wrap. */
const MOST_BITS = 253
/** A constant divisor is shorter: a fraction, which the coefficient of a remainder would be, is not. */
const MOST_DIVISOR_BITS = 120n

interface Split {
  readonly quotient: number
  readonly remainder: number
  /** quotient * divisor + sign * remainder = dividend */
  readonly divisor: Affine
  readonly dividend: Affine
  readonly sign: 1n | -1n
}

/**
 * q * d + r = n with known d and n, 0 <= r < d and no wrap: Euclid's division has one quotient and one remainder. Likewise
 * q * d - r = n, which rounds up. That r is in [0, d) is seen from bits that spell r and d - 1 - r.
 */
export function solveDivision(derivation: Derivation, index: number): boolean {
  const split = splitRow(derivation, index)
  if (split === undefined) return false
  const { quotient, remainder, divisor, dividend, sign } = split
  const [quotientBits, remainderBits] = [widthOf(derivation, quotient), widthOf(derivation, remainder)]
  const beyond = complementOf(derivation, remainder, divisor)
  const beyondBits = beyond === undefined ? undefined : widthOf(derivation, beyond)
  if (quotientBits === undefined || remainderBits === undefined || beyondBits === undefined) return false
  // r + (d - 1 - r) has at most one bit more than the longer of them, and so has d.
  if (quotientBits + Math.max(remainderBits, beyondBits) + 2 > MOST_BITS) return false
  if (sign === 1n) {
    derivation.add({ kind: 'division', quotient, remainder, dividend, divisor })
    return true
  }
  // ceil(n / d) = floor((n + d - 1) / d); what is left over counts from above.
  const raised = addScaled(addScaled(dividend, divisor, 1n), affine(1n, []), -1n)
  const rest = derivation.newValue()
  derivation.add({ kind: 'division', quotient, remainder: rest, dividend: raised, divisor })
  derivation.define(remainder, addScaled(addScaled(divisor, affine(0n, [[rest, 1n]]), -1n), affine(1n, []), -1n))
  return true
}

/** A row of two unknown wires as a division. */
function splitRow(derivation: Derivation, index: number): Split | undefined {
  const row = derivation.rows.read(index)
  if (derivation.rows.unknown[index] !== 2) return undefined
  if (row.kind === 'linear') {
    const unknown = derivation.unknownIn(row.form)
    for (const [remainder, quotient] of [unknown, unknown.toReversed()] as [number, number][]) {
      const form = scale(row.form, invert(coefficientOf(row.form, remainder)))
      // r + k * q + rest = 0: with d = |k|, q * d - r = rest for k < 0, q * d + r = -rest for k > 0.
      const k = signed(coefficientOf(form, quotient))
      const magnitude = k < 0n ? -k : k
      if (magnitude === 1n || magnitude >= 1n << MOST_DIVISOR_BITS) continue
      const rest = without(without(form, remainder), quotient)
      const divisor = affine(magnitude, [])
      const sign = k < 0n ? -1n : 1n
      return { quotient, remainder, divisor, dividend: scale(rest, reduce(-sign)), sign }
    }
    return undefined
  }
  const [remainder] = derivation.unknownIn(row.c)
  if (remainder === undefined) return undefined
  for (const [factor, divisor] of [
    [row.a, row.b],
    [row.b, row.a],
  ] as const) {
    const [quotient] = factor.wires
    if (factor.wires.length !== 1 || factor.constant !== 0n || derivation.isKnown(quotient!)) continue
    if (!derivation.isKnownForm(divisor) || quotient === remainder) continue
    // s * q * d = t * r + rest: q * (s / -t * d) + r = rest / -t.
    const scaling = invert(reduce(-coefficientOf(row.c, remainder)))
    const whole = scale(divisor, reduce(scaling * factor.coefficients[0]!))
    const rest = scale(without(row.c, remainder), scaling)
    return { quotient: quotient!, remainder, divisor: whole, dividend: rest, sign: 1n }
  }
  return undefined
}

/** A wire that is d - 1 - r. */
export function complementOf(derivation: Derivation, remainder: number, divisor: Affine): number | undefined {
  for (const index of derivation.rows.rowsOf(remainder)) {
    const form = monic(derivation.rows.read(index), remainder)
    const [other, ...more] = form === undefined ? [] : derivation.unknownIn(without(form, remainder))
    if (form === undefined || other === undefined || more.length > 0 || coefficientOf(form, other) !== 1n) continue
    // r + y + rest = 0: rest is 1 - d.
    const difference = addScaled(addScaled(without(without(form, remainder), other), divisor, 1n), affine(1n, []), -1n)
    if (isConstant(difference) && difference.constant === 0n) return other
  }
  return undefined
}

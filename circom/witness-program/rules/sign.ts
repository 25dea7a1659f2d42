import { invert, reduce } from '../../../protocol/field.ts'
import { coefficientOf, isConstant, scale } from '../../affine.ts'
import type { Derivation } from '../derivation.ts'
import { widthOf } from './bits.ts'

/** Not both x and -x have so few bits, unless they are 0. */
const MOST_BITS = 252

/**
 * (1 - 2 * negative) * x = size with known x, where negative is 0 or 1 and bits spell the size: negative says whether x is above
 * r / 2, as circom's `x < 0` does. That 0 has no sign is what other constraints say (`SignedBits`).
 */
export function solveSign(derivation: Derivation, index: number): boolean {
  const row = derivation.rows.read(index)
  if (row.kind === 'linear') return false
  const [size] = derivation.unknownIn(row.c)
  if (size === undefined || row.c.wires.length !== 1 || row.c.constant !== 0n) return false
  for (const [factor, value] of [
    [row.a, row.b],
    [row.b, row.a],
  ] as const) {
    const [negative] = factor.wires
    if (factor.wires.length !== 1 || !derivation.isKnownForm(value) || isConstant(value)) continue
    if (!derivation.rows.isBit[negative!] || factor.coefficients[0] !== reduce(-2n * factor.constant)) continue
    const width = widthOf(derivation, size)
    if (width === undefined || width > MOST_BITS) continue
    const whole = scale(value, reduce(factor.constant * invert(coefficientOf(row.c, size))))
    derivation.add({ kind: 'sign', to: negative!, value: whole })
    return true
  }
  return false
}

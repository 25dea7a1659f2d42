import { invert, reduce } from '../../../protocol/field.ts'
import { type Affine, affine, coefficientOf, scale } from '../../affine.ts'
import { type Derivation, monic, without } from '../derivation.ts'
import { widthOf } from './bits.ts'
import { complementOf } from './division.ts'

/** A constant power of 2 below this cuts a number. */
const MOST_CUT_BITS = 120

interface CutDivision {
  readonly quotient: number
  readonly rest: number
  readonly dropped: number
  readonly cutBits: number
  readonly dividend: Affine
  readonly divisor: Affine
}

/**
 * (q * d + r) * 2^k + dropped = n with known n and d, where k bits spell dropped, and bits spell r and d - 1 - r: dropped is what
 * shifting n down by k places loses, and q and r are what Euclid's division of the rest by d gives. That q is so short that nothing
 * wraps is what other constraints say (`Deviates`). The row is q * d = whole, or the one above with three unknown wires.
 */
export function solveCutDivision(derivation: Derivation, index: number): boolean {
  const { quotient, rest, dropped, cutBits, dividend, divisor } = cutDivision(derivation, index) ?? {}
  if (quotient === undefined) return false
  const high = derivation.newValue()
  const cut = affine(1n << BigInt(cutBits!), [])
  derivation.add({ kind: 'division', quotient: high, remainder: dropped!, dividend: dividend!, divisor: cut })
  derivation.add({
    kind: 'division',
    quotient,
    remainder: rest!,
    dividend: affine(0n, [[high, 1n]]),
    divisor: divisor!,
  })
  return true
}

function cutDivision(derivation: Derivation, index: number): CutDivision | undefined {
  const { rows } = derivation
  const row = rows.read(index)
  if (row.kind === 'linear') {
    for (const whole of derivation.unknownIn(row.form)) {
      for (const other of rows.rowsOf(whole)) {
        const found = rows.unknown[other] === 2 ? pairUp(derivation, other, index) : undefined
        if (found !== undefined) return found
      }
    }
    return undefined
  }
  for (const whole of derivation.unknownIn(row.c)) {
    for (const other of rows.rowsOf(whole)) {
      const found = rows.unknown[other] === 3 ? pairUp(derivation, index, other) : undefined
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** q * d = whole, and the row that cuts. */
function pairUp(derivation: Derivation, dividing: number, cutting: number): CutDivision | undefined {
  const [product, sum] = [derivation.rows.read(dividing), derivation.rows.read(cutting)]
  if (product.kind === 'linear' || sum.kind === 'product') return undefined
  const [whole] = product.c.wires
  if (product.c.wires.length !== 1 || product.c.constant !== 0n || derivation.isKnown(whole!)) return undefined
  for (const [factor, other] of [
    [product.a, product.b],
    [product.b, product.a],
  ] as const) {
    const [quotient] = factor.wires
    if (factor.wires.length !== 1 || factor.constant !== 0n || derivation.isKnown(quotient!)) continue
    if (!derivation.isKnownForm(other)) continue
    const divisor = scale(other, reduce(factor.coefficients[0]! * invert(product.c.coefficients[0]!)))
    const parts = derivation.unknownIn(sum.form).filter((wire) => wire !== whole)
    if (parts.length !== 2) continue
    for (const [rest, dropped] of [parts, parts.toReversed()] as [number, number][]) {
      const form = monic(sum, dropped)
      if (form === undefined) continue
      const cutBits = exponentOf(coefficientOf(form, whole!))
      if (cutBits === undefined || coefficientOf(form, rest) !== coefficientOf(form, whole!)) continue
      if ((widthOf(derivation, dropped) ?? cutBits + 1) > cutBits) continue
      const beyond = complementOf(derivation, rest, divisor)
      if (beyond === undefined || widthOf(derivation, beyond) === undefined) continue
      if (widthOf(derivation, rest) === undefined) continue
      const dividend = scale(without(without(without(form, whole!), rest), dropped), reduce(-1n))
      return { quotient: quotient!, rest, dropped, cutBits, dividend, divisor }
    }
  }
  return undefined
}

/** The exponent of a power of 2. */
function exponentOf(power: bigint): number | undefined {
  const exponent = power.toString(2).length - 1
  return exponent <= MOST_CUT_BITS && power === 1n << BigInt(exponent) ? exponent : undefined
}

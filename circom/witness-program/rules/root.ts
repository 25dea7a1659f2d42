import { invert, reduce } from '../../../protocol/field.ts'
import { type Affine, addScaled, affine, coefficientOf, isConstant, scale, signed } from '../../affine.ts'
import { type Derivation, monic, without } from '../derivation.ts'
import { widthOf } from './bits.ts'

/** Numbers below 2^253 do not wrap. */
const MOST_BITS = 253
/** A constant divisor is shorter. */
const MOST_DIVISOR_BITS = 120n

/**
 * n = d * x^2 + r with known n and a constant d, where bits spell x, r and d * (2x + 1) - 1 - r, and nothing wraps: x is the
 * integer floor(sqrt(n / d)), since d * x^2 <= n < d * (x + 1)^2 holds for no other. This row is the first, with x^2 and r
 * unknown.
 */
export function solveRoot(derivation: Derivation, index: number): boolean {
  const row = derivation.rows.read(index)
  if (row.kind !== 'linear') return false
  const unknown = derivation.unknownIn(row.form)
  for (const [square, rest] of [unknown, unknown.toReversed()] as [number, number][]) {
    const form = scale(row.form, invert(coefficientOf(row.form, rest)))
    const divisor = signed(coefficientOf(form, square))
    if (divisor < 1n || divisor >= 1n << MOST_DIVISOR_BITS) continue
    const root = rootOf(derivation, square)
    const value = scale(without(without(form, square), rest), reduce(-1n))
    if (root === undefined || !isShort(derivation, { root, rest, divisor })) continue
    derivation.add({ kind: 'root', to: root, value, divisor })
    return true
  }
  return false
}

/** The unknown x of a row x * x = square. */
function rootOf(derivation: Derivation, square: number): number | undefined {
  for (const index of derivation.rows.rowsOf(square)) {
    const row = derivation.rows.read(index)
    if (row.kind === 'linear' || !isWire(row.c, square)) continue
    const [root] = row.a.wires
    if (root === undefined || derivation.isKnown(root) || !isWire(row.a, root) || !isWire(row.b, root)) continue
    if (reduce(row.a.coefficients[0]! * row.b.coefficients[0]!) === row.c.coefficients[0]) return root
  }
  return undefined
}

/** Whether a form is a multiple of a wire. */
function isWire(form: Affine, wire: number): boolean {
  return form.constant === 0n && form.wires.length === 1 && form.wires[0] === wire
}

/** Whether root and rest are spelled by so few bits, and likewise what is beyond the rest, that neither side wraps. */
function isShort(derivation: Derivation, parts: { root: number; rest: number; divisor: bigint }): boolean {
  const beyond = beyondOf(derivation, parts)
  const widths = [parts.root, parts.rest, beyond].map((wire) => wire && widthOf(derivation, wire))
  if (!widths.every((width) => width !== undefined)) return false
  const [rootBits, restBits, beyondBits] = widths as [number, number, number]
  const squareBits = parts.divisor.toString(2).length + 2 * rootBits
  return Math.max(squareBits, restBits, beyondBits) + 1 <= MOST_BITS
}

/** A wire that is d * (2x + 1) - 1 - r. */
function beyondOf(
  derivation: Derivation,
  { root, rest, divisor }: { root: number; rest: number; divisor: bigint },
): number | undefined {
  for (const index of derivation.rows.rowsOf(rest)) {
    const form = monic(derivation.rows.read(index), rest)
    if (form === undefined) continue
    const [beyond, ...more] = derivation.unknownIn(form).filter((wire) => wire !== rest && wire !== root)
    if (beyond === undefined || more.length > 0 || coefficientOf(form, beyond) !== 1n) continue
    // r + y - (2d * x + d - 1) = 0
    const terms: [number, bigint][] = [
      [rest, 1n],
      [beyond, 1n],
      [root, -2n * divisor],
    ]
    const difference = addScaled(form, affine(1n - divisor, terms), -1n)
    if (isConstant(difference) && difference.constant === 0n) return beyond
  }
  return undefined
}

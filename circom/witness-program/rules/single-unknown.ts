import { invert, reduce } from '../../../protocol/field.ts'
import { type Affine, addScaled, affine, coefficientOf, isConstant, scale } from '../../affine.ts'
import { type Derivation, without } from '../derivation.ts'

/**
 * A row with one unknown wire that stands beside constants only: k * x = known. False where the wire stands beside other wires,
 * or in both factors.
 */
export function solveSingleUnknown(derivation: Derivation, index: number): boolean {
  const row = derivation.rows.read(index)
  if (row.kind === 'linear') {
    const [x] = derivation.unknownIn(row.form)
    if (x === undefined) return false
    const factor = reduce(-invert(coefficientOf(row.form, x)))
    derivation.isMet[index] = 1
    derivation.define(x, scale(without(row.form, x), factor))
    return true
  }
  const { a, b, c } = row
  if (!derivation.isKnownForm(a) || !derivation.isKnownForm(b)) return false
  const [to] = derivation.unknownIn(c)
  if (to === undefined) return false
  const factor = invert(coefficientOf(c, to))
  derivation.isMet[index] = 1
  derivation.add({ kind: 'product', to, factor, a, b, rest: scale(without(c, to), reduce(-factor)) })
  return true
}

/**
 * (p * x + q) * d = s * x + t with known d: x is a quotient, by p * d - s. Where that is 0 there is no such x, or any will do;
 * if nothing else reads it, 0 is as good as any.
 */
export function solveQuotient(derivation: Derivation, index: number): boolean {
  const row = derivation.rows.read(index)
  if (row.kind === 'linear' || derivation.rows.unknown[index] !== 1) return false
  // d * (x + q) = 0 says what x is where d is not 0, and does not give it.
  if (isConstant(row.c) && row.c.constant === 0n) return false
  for (const [factor, divisor] of [
    [row.a, row.b],
    [row.b, row.a],
  ] as const) {
    const [x] = derivation.unknownIn(factor)
    if (x === undefined || !derivation.isKnownForm(divisor)) continue
    const [p, s] = [coefficientOf(factor, x), coefficientOf(row.c, x)]
    const [q, t] = [without(factor, x), without(row.c, x)]
    // A quotient that is 0 or 1 is no hint: another row gives it.
    if (derivation.rows.isBit[x]) return false
    derivation.isMet[index] = 1
    const isFree = derivation.rows.rowsOf(x).length === 1
    quotient(derivation, { x, p, q, s, t, divisor, isFree })
    return true
  }
  return false
}

/**
 * Whether some other row gives the unknown wire of this one, once the factors of a product in it are known: then the quotient
 * would be the wrong way round, and perhaps by 0.
 */
export function isGivenElsewhere(derivation: Derivation, index: number): boolean {
  const { rows } = derivation
  const [x] = unknownOf(derivation, index)
  if (x === undefined) return false
  return rows.rowsOf(x).some((other) => {
    if (other === index) return false
    const row = rows.read(other)
    return row.kind === 'product' && derivation.unknownIn(row.c).join() === `${x}`
  })
}

function unknownOf(derivation: Derivation, index: number): number[] {
  const row = derivation.rows.read(index)
  const forms = row.kind === 'linear' ? [row.form] : [row.a, row.b, row.c]
  return forms.flatMap((form) => derivation.unknownIn(form))
}

interface Quotient {
  readonly x: number
  readonly p: bigint
  readonly q: Affine
  readonly s: bigint
  readonly t: Affine
  readonly divisor: Affine
  readonly isFree: boolean
}

function quotient(derivation: Derivation, { x, p, q, s, t, divisor, isFree }: Quotient): void {
  if (s === 0n) {
    // p * x + q = t / divisor, which is 0 for 0 / 0: that x is then -q / p, as in circom's own `x <-- t / divisor - q`.
    if (isConstant(q) && q.constant === 0n) {
      derivation.add({ kind: 'quotient', to: x, numerator: scale(t, invert(p)), divisor, isFree })
    } else {
      const whole = derivation.valueOf((to) => ({ kind: 'quotient', to, numerator: t, divisor, isFree }))
      derivation.define(x, scale(addScaled(whole, q, -1n), invert(p)))
    }
    return
  }
  const rest = scale(t, 1n)
  const numerator = isConstant(q)
    ? addScaled(rest, divisor, reduce(-q.constant))
    : derivation.valueOf((to) => ({ kind: 'product', to, factor: reduce(-1n), a: q, b: divisor, rest }))
  const by = addScaled(scale(divisor, p), affine(s, []), -1n)
  derivation.add({ kind: 'quotient', to: x, numerator, divisor: by, isFree })
}

import { type Affine, coefficientOf, isConstant } from '../../circom/affine.ts'
import { type Row, wiresOf } from '../../circom/system.ts'
import { invert, reduce } from '../../protocol/field.ts'
import type { Facts } from '../facts.ts'

type Product = Extract<Row, { kind: 'product' }>

/** A row in one wire alone is a quadratic equation: booleans, and all that is one of two constants. */
export function confineToRoots(facts: Facts, row: Product): void {
  const [wire, ...more] = wiresOf(row)
  if (more.length > 0) return
  const roots = rootsOf(row, wire!)
  if (roots === undefined) return
  const [x, y] = roots
  facts.confine(wire!, x < y ? { low: x, high: y } : { low: y, high: x })
}

/** Both roots where no square root is needed to find them. */
function rootsOf({ a, b, c }: Product, wire: number): readonly [bigint, bigint] | undefined {
  if (isConstant(c) && c.constant === 0n) return [zeroOf(a), zeroOf(b)]
  // A quadratic equation has two roots at most: if 0 and 1 are, no others are.
  const holds = (x: bigint) => reduce(at(a, wire, x) * at(b, wire, x) - at(c, wire, x)) === 0n
  return holds(0n) && holds(1n) ? [0n, 1n] : undefined
}

function zeroOf(form: Affine): bigint {
  return reduce(-form.constant * invert(form.coefficients[0]!))
}

function at(form: Affine, wire: number, value: bigint): bigint {
  return form.constant + coefficientOf(form, wire) * value
}

/** a * b = c: c is never 0 just when neither a nor b ever is. */
export function learnFactors(facts: Facts, { a, b, c }: Product): void {
  if (facts.isNonZero(c)) {
    facts.learnNonZero(a)
    facts.learnNonZero(b)
  } else if (!isConstant(c) && facts.isNonZero(a) && facts.isNonZero(b)) {
    facts.learnNonZero(c)
  }
}

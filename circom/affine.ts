import { invert, reduce } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'

/** An affine form constant + sum(coefficients[i] * wires[i]); wires ascending, coefficients canonical and not zero. */
export interface Affine {
  readonly constant: bigint
  readonly wires: readonly number[]
  readonly coefficients: readonly bigint[]
}

/** A coefficient as the integer of least magnitude that it stands for: in (-r/2, r/2]. */
export function signed(value: bigint): bigint {
  return value > FIELD / 2n ? value - FIELD : value
}

/** Makes a form of terms in any order, adding up those of equal wires. */
export function affine(constant: bigint, terms: Iterable<readonly [wire: number, coefficient: bigint]>): Affine {
  const sums = new Map<number, bigint>()
  for (const [wire, coefficient] of terms) sums.set(wire, (sums.get(wire) ?? 0n) + coefficient)
  const kept = [...sums].map(([wire, sum]) => [wire, reduce(sum)] as const).filter(([, sum]) => sum !== 0n)
  kept.sort(([a], [b]) => a - b)
  return {
    constant: reduce(constant),
    wires: kept.map(([wire]) => wire),
    coefficients: kept.map(([, sum]) => sum),
  }
}

export function isConstant(form: Affine): boolean {
  return form.wires.length === 0
}

/** left + factor * right. */
export function addScaled(left: Affine, right: Affine, factor: bigint): Affine {
  const wires: number[] = []
  const coefficients: bigint[] = []
  const put = (wire: number, coefficient: bigint) => {
    if (coefficient === 0n) return
    wires.push(wire)
    coefficients.push(coefficient)
  }
  // Both ascend: they are merged.
  for (let at = 0, other = 0; at < left.wires.length || other < right.wires.length; ) {
    const [x, y] = [left.wires[at] ?? Number.POSITIVE_INFINITY, right.wires[other] ?? Number.POSITIVE_INFINITY]
    if (x < y) put(x, left.coefficients[at]!)
    else if (x > y) put(y, reduce(factor * right.coefficients[other]!))
    else put(x, reduce(left.coefficients[at]! + factor * right.coefficients[other]!))
    if (x <= y) at++
    if (y <= x) other++
  }
  return { constant: reduce(left.constant + factor * right.constant), wires, coefficients }
}

export function scale(form: Affine, factor: bigint): Affine {
  const by = reduce(factor)
  if (by === 1n) return form
  if (by === 0n) return { constant: 0n, wires: [], coefficients: [] }
  const coefficients = form.coefficients.map((c) => (c === 1n ? by : reduce(c * by)))
  return { constant: reduce(form.constant * by), wires: form.wires, coefficients }
}

function termsOf(form: Affine): (readonly [wire: number, coefficient: bigint])[] {
  return form.wires.map((wire, i) => [wire, form.coefficients[i]!] as const)
}

/** The constant and the terms whose wires are wanted. */
export function restrict(form: Affine, isWanted: (wire: number) => boolean): Affine {
  const kept = termsOf(form).filter(([wire]) => isWanted(wire))
  return { constant: form.constant, wires: kept.map(([wire]) => wire), coefficients: kept.map(([, c]) => c) }
}

/** The coefficient of a wire, 0 if it does not occur. */
export function coefficientOf(form: Affine, wire: number): bigint {
  const at = form.wires.indexOf(wire)
  return at < 0 ? 0n : form.coefficients[at]!
}

/**
 * A name for the form up to a factor: equal for proportional forms, different for all others. A form with wires is scaled
 * to make its first coefficient 1.
 */
export function direction(form: Affine): string {
  if (isConstant(form)) return form.constant === 0n ? '0' : '1'
  const first = form.coefficients[0]!
  const inverse = first === 1n ? 1n : invert(first)
  const parts = termsOf(form).map(([wire, c]) => `${wire}:${reduce(c * inverse)}`)
  return `${parts.join(',')};${reduce(form.constant * inverse)}`
}

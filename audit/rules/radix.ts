import { type Affine, signed } from '../../circom/affine.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD, min } from '../../protocol/numbers.ts'
import type { BelowField, Facts } from '../facts.ts'
import { magnitude } from '../whole-numbers.ts'

interface Digit {
  readonly wire: number
  /** The canonical coefficient of a step, once that of the unit is 1. */
  readonly weight: bigint
  /** The most steps by which two values of the digit can differ. */
  readonly span: bigint
}

/**
 * A number has one representation in a mixed radix (Knuth, The Art of Computer Programming 2, 4.1): if sum(w_i * x_i) is
 * known, each x_i spans at most s_i, each |w_i| exceeds the sum of all smaller |w_j| * s_j, and the whole spans less than r,
 * then every x_i is determined. (Of two solutions, look at the largest weight at which they differ.) Bits that a lemma keeps
 * below r may span more. Where x_i goes in steps, as a digit times a power of the base does, or a sum of such, w_i is that of
 * a step, and s_i counts steps.
 */
export function solveRadix(facts: Facts, form: Affine): void {
  const unknown = facts.unknownIn(form)
  if (unknown.length < 2 || unknown.some((wire) => facts.interval(wire) === undefined)) return
  const weights = new Map(form.wires.map((wire, i) => [wire, weightOf(facts, wire, form.coefficients[i]!)]))
  const magnitudes = unknown.map((wire) => magnitude(signed(weights.get(wire)!)))
  const least = unknown[magnitudes.indexOf(magnitudes.reduce(min))]!
  for (const unit of new Set([least, unknown[0]!, unknown.at(-1)!])) {
    const inverse = invert(weights.get(unit)!)
    const digits = unknown.map((wire): Digit => {
      const { low, high } = facts.interval(wire)!
      return { wire, weight: reduce(weights.get(wire)! * inverse), span: (high - low) / facts.strideOf(wire) }
    })
    if (!isUnique(digits) && !facts.belowField.some((bits) => isBelowField(facts, digits, bits))) continue
    for (const wire of unknown) facts.know(wire, 'radix')
    return
  }
}

/** The canonical coefficient of a step of a wire. */
export function weightOf(facts: Facts, wire: number, coefficient: bigint): bigint {
  const stride = facts.strideOf(wire)
  return stride === 1n ? coefficient : reduce(coefficient * stride)
}

function isUnique(digits: readonly Digit[]): boolean {
  const ascending = digits.map(({ weight, span }) => ({ weight: magnitude(signed(weight)), span }))
  ascending.sort((a, b) => (a.weight < b.weight ? -1 : 1))
  let below = 0n
  for (const { weight, span } of ascending) {
    if (weight <= below) return false
    below += weight * span
  }
  return below < FIELD
}

/** The unknown digits are just the unknown bits of the lemma, each with its weight: what they add up to cannot wrap. */
function isBelowField(facts: Facts, digits: readonly Digit[], bits: BelowField): boolean {
  const open = [...bits.keys()].filter((wire) => !facts.isKnown(wire))
  if (open.length !== digits.length) return false
  return digits.every(({ wire, weight }) => {
    const place = bits.get(wire)
    return place !== undefined && facts.isBoolean(wire) && weight === 1n << BigInt(place)
  })
}

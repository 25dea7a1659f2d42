import { type Affine, affine, coefficientOf, isConstant, restrict, signed } from '../../circom/affine.ts'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD, max, min } from '../../protocol/numbers.ts'
import type { Facts, Interval } from '../facts.ts'
import { valueForm } from '../refutation.ts'
import { rowsNear } from '../rows-near.ts'
import { magnitude } from '../whole-numbers.ts'

/** What a bit says of the sign of a form: the integers that the form can be where the bit is 0, and where it is 1. */
interface SignBit {
  readonly bit: number
  readonly ranges: readonly [Interval, Interval]
}

/** Rows of one wire among which a comparator is looked for, and wires of such a row. */
const MOST_ROWS = 64
const MOST_WIRES = 8

/** Signs of a form, as the integers that it then is. */
const SIGNS: Readonly<Record<'zero' | 'positive' | 'not negative', Interval>> = {
  zero: { low: 0n, high: 0n },
  positive: { low: 1n, high: FIELD },
  'not negative': { low: 0n, high: FIELD },
}

/**
 * What the top bits of comparators are where a form of bounded wires has a sign: forms that are 0 then; undefined if it cannot
 * have it. A comparator decomposes a number that is the form, or its opposite, and a constant.
 */
export function bitsWhere(facts: Facts, form: Affine, sign: keyof typeof SIGNS): Affine[] | undefined {
  const wanted = SIGNS[sign]
  const zeros: Affine[] = []
  for (const { bit, ranges } of signBits(facts, form)) {
    const [no, yes] = ranges.map(({ low, high }) => high >= wanted.low && low <= wanted.high)
    if (!no && !yes) return undefined
    if (no !== yes) zeros.push(valueForm(bit, yes ? 1n : 0n))
  }
  return zeros
}

/** What stands beside a wire that is taken from it, in short linear rows: what comparators compare the wire with. */
export function comparedWith(facts: Facts, wire: number): number[] {
  return linearFormsOf(facts, wire).flatMap((form) => {
    if (form.wires.length !== 3) return []
    const opposite = reduce(-coefficientOf(form, wire))
    return form.wires.filter((one, i) => one !== wire && form.coefficients[i] === opposite)
  })
}

function* signBits(facts: Facts, form: Affine): Generator<SignBit> {
  const own = facts.intervalOf(form)
  const normal = facts.definitions.normalForm(form)
  if (own === undefined || isConstant(normal)) return
  for (const number of numbersNear(facts, form)) {
    const scaled = multipleOf(normal, facts.definitions.normalForm(affine(0n, [[number, 1n]])))
    if (scaled === undefined) continue
    for (const sum of linearFormsOf(facts, number)) {
      // number = factor * form + offset, and the sum gives the number in bits.
      const bits = solveFor(sum, number, scaled)
      if (bits.wires.length < 2 || !bits.wires.every((wire) => facts.isBoolean(wire))) continue
      const whole = facts.intervalOf(bits)!
      // Both are congruent, and both lie in an interval shorter than r: they are equal integers.
      if (max(own.high, whole.high) - min(own.low, whole.low) >= FIELD) continue
      yield topBit(facts, bits)
    }
  }
}

/** The bit of the greatest weight, and what the whole can be beside it: whichever value the facts leave the bit. */
function topBit(facts: Facts, bits: Affine): SignBit {
  const weights = bits.coefficients.map(signed)
  const magnitudes = weights.map(magnitude)
  const top = magnitudes.indexOf(magnitudes.reduce(max))
  const [bit, weight] = [bits.wires[top]!, weights[top]!]
  const off = facts.intervalOf(restrict(bits, (wire) => wire !== bit))!
  return { bit, ranges: [off, { low: off.low + weight, high: off.high + weight }] }
}

/** Wires of the form, and of the short linear rows in which they stand. */
function numbersNear(facts: Facts, form: Affine): Set<number> {
  const found = new Set(form.wires)
  for (const wire of form.wires) {
    for (const { wires } of linearFormsOf(facts, wire)) {
      if (wires.length <= MOST_WIRES) for (const one of wires) if (!facts.isBoolean(one)) found.add(one)
    }
  }
  return found
}

function linearFormsOf(facts: Facts, wire: number): Affine[] {
  const rows = Array.from(rowsNear(facts.system, wire, MOST_ROWS), (index) => facts.system.rows[index]!)
  return rows.flatMap((row) => (row.kind === 'linear' ? [row.form] : []))
}

interface Multiple {
  readonly factor: bigint
  readonly offset: bigint
}

/** other = factor * form + offset, if it is so. */
function multipleOf(form: Affine, other: Affine): Multiple | undefined {
  if (other.wires.length !== form.wires.length) return undefined
  const factor = reduce(other.coefficients[0]! * invert(form.coefficients[0]!))
  const isMultiple = form.wires.every(
    (wire, i) => other.wires[i] === wire && other.coefficients[i] === (factor * form.coefficients[i]!) % FIELD,
  )
  return isMultiple ? { factor, offset: reduce(other.constant - factor * form.constant) } : undefined
}

/** What a sum that is 0 says of the form of which one of its wires is a multiple with an offset. */
function solveFor(sum: Affine, number: number, { factor, offset }: Multiple): Affine {
  const by = reduce(-invert(coefficientOf(sum, number) * factor))
  const rest = sum.wires.flatMap((wire, i) => (wire === number ? [] : [[wire, sum.coefficients[i]! * by] as const]))
  return affine(sum.constant * by - offset * invert(factor), rest)
}

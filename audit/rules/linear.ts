import { type Affine, addScaled, affine, coefficientOf, isConstant, scale, signed } from '../../circom/affine.ts'
import type { Row } from '../../circom/system.ts'
import { invert } from '../../protocol/field.ts'
import { FIELD, max, min } from '../../protocol/numbers.ts'
import type { Facts, Interval } from '../facts.ts'
import { commonDivisor, floorDivide, magnitude } from '../whole-numbers.ts'

/** The part of a row that is affine with constant coefficients once its known factors are taken as given. */
export function affinePart(facts: Facts, row: Row): Affine | undefined {
  if (row.kind === 'linear') return row.form
  return facts.isKnownForm(row.a) && facts.isKnownForm(row.b) ? row.c : undefined
}

/**
 * A row with one unknown x is k * x = known. With k a constant that is not 0, or a known form that is never 0, x is
 * determined. (x * x = known leaves x and -x: one of them, if x is at most (r - 1) / 2.) Returns a k that may be 0 as far as
 * is known.
 */
export function solveSingleUnknown(facts: Facts, row: Row): Affine | undefined {
  const [x, ...more] = facts.unknownOf(row)
  if (x === undefined || more.length > 0) return undefined
  if (row.kind === 'linear') {
    facts.know(x, 'linear', row)
    return undefined
  }
  const { a, b, c } = row
  const [inA, inB] = [coefficientOf(a, x), coefficientOf(b, x)]
  if (inA !== 0n && inB !== 0n) {
    const isSquare = [a, b].every((form) => form.wires.length === 1 && form.constant === 0n) && !c.wires.includes(x)
    const interval = facts.interval(x)
    if (isSquare && interval !== undefined && signed(interval.high) >= 0n) facts.know(x, 'square-root')
    return undefined
  }
  // (inA * x + ..) * b - c: the coefficient of x is inA * b - inC; likewise with a and b exchanged.
  const other = inA !== 0n ? scale(b, inA) : scale(a, inB)
  const factor = addScaled(other, affine(coefficientOf(c, x), []), -1n)
  if (!facts.isNonZero(factor)) return factor
  facts.know(x, isConstant(factor) ? 'linear' : 'factor', row)
  return undefined
}

/**
 * Confines the wires of a row c0 + sum(c_i * x_i) = 0 of which at most one has no interval yet: with c_i = 1 or -1, x_i is
 * congruent to an integer combination of the others. Where that cannot wrap in some witnesses and not in others, two values of
 * x_i differ by as much as two combinations do: by a multiple of what all their terms go in steps of. (Strided intervals, as
 * in Reps, Balakrishnan and Lim, PEPM 2006.)
 */
export function confineLinear(facts: Facts, form: Affine): void {
  let [low, high] = [signed(form.constant), signed(form.constant)]
  let open: number | undefined
  for (let i = 0; i < form.wires.length; i++) {
    const interval = facts.interval(form.wires[i]!)
    if (interval === undefined) {
      if (open !== undefined) return
      open = i
      continue
    }
    const c = signed(form.coefficients[i]!)
    low += c * (c > 0n ? interval.low : interval.high)
    high += c * (c > 0n ? interval.high : interval.low)
  }
  for (let i = 0; i < form.wires.length; i++) {
    if (open !== undefined && open !== i) continue
    const c = signed(form.coefficients[i]!)
    if (c !== 1n && c !== -1n) continue
    const own = open === i ? { low: 0n, high: 0n } : facts.interval(form.wires[i]!)!
    const [ownLow, ownHigh] = c > 0n ? [own.low, own.high] : [-own.high, -own.low]
    // x = -c * rest, for c = 1 or -1.
    const rest = { low: low - ownLow, high: high - ownHigh }
    const whole = c > 0n ? { low: -rest.high, high: -rest.low } : rest
    facts.confine(form.wires[i]!, whole)
    if (floorDivide(whole.low, FIELD) === floorDivide(whole.high, FIELD)) learnStrideAt(facts, form, i)
  }
}

function learnStrideAt(facts: Facts, form: Affine, at: number): void {
  if (facts.isBoolean(form.wires[at]!)) return
  let stride = 0n
  for (let i = 0; i < form.wires.length && stride !== 1n; i++) {
    const wire = form.wires[i]!
    if (i !== at) stride = commonDivisor(magnitude(signed(form.coefficients[i]!)) * facts.strideOf(wire), stride)
  }
  if (stride > 1n) facts.learnStride(form.wires[at]!, stride)
}

/** Confines a wire that stands alone in c, up to known intervals: w = a * b + .., also as a choice between two forms. */
export function confineProduct(facts: Facts, row: Extract<Row, { kind: 'product' }>): void {
  const at = row.c.wires.findIndex(
    (wire) => facts.interval(wire) === undefined && !row.a.wires.includes(wire) && !row.b.wires.includes(wire),
  )
  if (at < 0) return
  const wire = row.c.wires[at]!
  // Scaled so that w = factor * a * b + rest.
  const factor = invert(row.c.coefficients[at]!)
  const rest = addScaled(affine(0n, [[wire, 1n]]), row.c, -factor)
  const interval = intervalOfProduct(facts, { ...row, factor, rest })
  if (interval !== undefined) facts.confine(wire, interval)
}

interface ScaledProduct {
  readonly a: Affine
  readonly b: Affine
  readonly factor: bigint
  readonly rest: Affine
}

/** An interval of integers to which factor * a * b + rest is congruent. */
export function intervalOfProduct(facts: Facts, { a, b, factor, rest }: ScaledProduct): Interval | undefined {
  return (
    chooseInterval(facts, a, scale(b, factor), rest) ??
    chooseInterval(facts, b, scale(a, factor), rest) ??
    productInterval(facts, scale(a, factor), b, rest)
  )
}

function productInterval(facts: Facts, one: Affine, other: Affine, rest: Affine): Interval | undefined {
  const [a, b, r] = [facts.intervalOf(one), facts.intervalOf(other), facts.intervalOf(rest)]
  if (a === undefined || b === undefined || r === undefined) return undefined
  const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
  return { low: corners.reduce(min) + r.low, high: corners.reduce(max) + r.high }
}

/** s * chosen + rest for a boolean s: either rest or chosen + rest, which may cancel. */
function chooseInterval(facts: Facts, selector: Affine, chosen: Affine, rest: Affine): Interval | undefined {
  const [s] = selector.wires
  if (selector.wires.length !== 1 || selector.constant !== 0n || !facts.isBoolean(s!)) return undefined
  const no = facts.intervalOf(rest)
  const yes = facts.intervalOf(addScaled(rest, chosen, selector.coefficients[0]!))
  if (no === undefined || yes === undefined) return undefined
  return { low: min(no.low, yes.low), high: max(no.high, yes.high) }
}

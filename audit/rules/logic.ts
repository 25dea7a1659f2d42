import { type Affine, coefficientOf, isConstant, scale, signed } from '../../circom/affine.ts'
import { type Row, wiresOf } from '../../circom/system.ts'
import { type Facts, type Literal, literal } from '../facts.ts'

const BIT = { low: 0n, high: 1n }
/** Rows with more bits than this are not tabulated. */
const MOST_BITS = 7
/** Sums of more bits than this do not make them exclude each other one by one. */
const MOST_SUMMANDS = 12

/**
 * Learns from a row in which all wires but one are bits: if that one is 0 or 1 in every case that the facts allow, it is a
 * bit, and implies what all cases have in common in which it is 1.
 */
export function tabulate(facts: Facts, row: Row): void {
  const wires = wiresOf(row)
  if (wires.length > MOST_BITS + 1) return
  const numbers = wires.filter((wire) => !facts.isBoolean(wire))
  if (numbers.length > 1) return
  for (const x of numbers.length === 1 ? numbers : wires) {
    if (!isSolvable(row, x)) continue
    const ones = casesOfOne(facts, row, x, wires)
    if (ones === undefined) continue
    facts.confine(x, BIT)
    const [first, ...others] = ones
    facts.imply(
      x,
      [...(first ?? [])].filter((lit) => others.every((other) => other.has(lit))),
    )
  }
  define(facts, row)
}

/** Bits that add up to 1, or to a bit, exclude each other. */
export function excludeSummands(facts: Facts, form: Affine): void {
  if (form.wires.length > MOST_SUMMANDS || !form.wires.every((wire) => facts.isBoolean(wire))) return
  for (const { plus, minus, constant } of bothSigns(form)) {
    const isCount = (constant === -1n && minus.length === 0) || (constant === 0n && minus.length === 1)
    if (!isCount) continue
    for (const bit of plus) {
      const others = plus.filter((other) => other !== bit)
      facts.imply(
        bit,
        others.map((other) => literal(other, false)),
      )
    }
  }
}

/** The literals of every allowed case with x = 1; undefined if x can be anything but 0 and 1. */
function casesOfOne(facts: Facts, row: Row, x: number, wires: readonly number[]): ReadonlySet<Literal>[] | undefined {
  const bits = wires.filter((wire) => wire !== x)
  const ones: ReadonlySet<Literal>[] = []
  for (let assignment = 0; assignment < 1 << bits.length; assignment++) {
    const value = (wire: number) => BigInt((assignment >> bits.indexOf(wire)) & 1)
    const literals = bits.map((wire) => literal(wire, value(wire) === 1n))
    const all = new Set(literals.flatMap((lit) => (lit % 2 === 0 ? [...facts.impliedBy(lit / 2)] : [lit])))
    if (literals.some((lit) => facts.follows(all, lit ^ 1))) continue
    const solution = solveFor(row, x, value)
    if (solution !== 0n && solution !== 1n) return undefined
    if (solution === 1n) ones.push(all)
  }
  return ones
}

/** Whether x occurs once, in a term of its own with coefficient 1 or -1. */
function isSolvable(row: Row, x: number): boolean {
  if (row.kind === 'product' && (row.a.wires.includes(x) || row.b.wires.includes(x))) return false
  const c = signed(coefficientOf(row.kind === 'linear' ? row.form : row.c, x))
  return c === 1n || c === -1n
}

/** The integer x for given bits, all coefficients taken with least magnitude: congruent to the wire's value. */
function solveFor(row: Row, x: number, value: (wire: number) => bigint): bigint {
  const sum = (form: Affine) =>
    form.wires.reduce(
      (total, wire, i) => (wire === x ? total : total + signed(form.coefficients[i]!) * value(wire)),
      signed(form.constant),
    )
  const form = row.kind === 'linear' ? row.form : row.c
  const product = row.kind === 'linear' ? 0n : sum(row.a) * sum(row.b)
  return signed(coefficientOf(form, x)) * (product - sum(form))
}

/** Records x = y * z, x = y - n, x = 1 - y and x = y + .. + z, where all are bits: what the facts reason with. */
function define(facts: Facts, row: Row): void {
  if (!wiresOf(row).every((wire) => facts.isBoolean(wire))) return
  if (row.kind === 'product') {
    defineProduct(facts, row)
    return
  }
  for (const { plus, minus, constant } of bothSigns(row.form)) {
    for (const x of minus) {
      // x = constant + plus - negative
      const negative = minus.filter((wire) => wire !== x)
      if (constant === 1n && plus.length === 0 && negative.length === 1) {
        facts.equate(x, [literal(negative[0]!, false)])
      }
      if (constant !== 0n) continue
      if (plus.length === 1 && negative.length === 1) {
        facts.equate(x, [literal(plus[0]!, true), literal(negative[0]!, false)])
      } else if (negative.length === 0) {
        facts.equateToAny(
          x,
          plus.map((wire) => literal(wire, true)),
        )
      }
    }
  }
}

function defineProduct(facts: Facts, { a, b, c }: Extract<Row, { kind: 'product' }>): void {
  const [y, z] = [bitOf(a), bitOf(b)]
  if (y === undefined || z === undefined) return
  if (isConstant(c)) {
    if (c.constant === 0n) exclude(facts, y.bit, z.bit)
  } else if (c.wires.length === 1 && c.constant === 0n && signed(c.coefficients[0]!) === y.sign * z.sign) {
    facts.equate(c.wires[0]!, [y.bit, z.bit])
  }
}

/** A factor that is s * bit or s * (1 - bit), for s = 1 or -1. */
function bitOf(form: Affine): { sign: bigint; bit: Literal } | undefined {
  const [wire] = form.wires
  const [c, constant] = [signed(form.coefficients[0]!), signed(form.constant)]
  if (form.wires.length !== 1 || (c !== 1n && c !== -1n)) return undefined
  if (constant === 0n) return { sign: c, bit: literal(wire!, true) }
  return constant === -c ? { sign: -c, bit: literal(wire!, false) } : undefined
}

function exclude(facts: Facts, y: Literal, z: Literal): void {
  if (y % 2 === 0) facts.imply(y / 2, [z ^ 1])
  if (z % 2 === 0) facts.imply(z / 2, [y ^ 1])
}

/** The form, and its opposite, as constant + sum(plus) - sum(minus); none if a coefficient is another. */
function bothSigns(form: Affine): { constant: bigint; plus: number[]; minus: number[] }[] {
  if (form.coefficients.some((c) => signed(c) !== 1n && signed(c) !== -1n)) return []
  return [1n, -1n].map((sign) => {
    const { constant, wires, coefficients } = scale(form, sign)
    const isPlus = (_: number, i: number) => coefficients[i] === 1n
    const plus = wires.filter(isPlus)
    return { constant: signed(constant), plus, minus: wires.filter((wire) => !plus.includes(wire)) }
  })
}

import { type Affine, coefficientOf, isConstant, scale, signed } from '../../circom/affine.ts'
import { type Row, wiresOf } from '../../circom/system.ts'
import type { Facts } from '../facts.ts'
import { type Literal, literal } from '../implications.ts'

const BIT = { low: 0n, high: 1n }
/** Rows with more bits than this are not tabulated. */
const MOST_BITS = 7
/** Sums of more bits than this do not make them exclude each other one by one. */
const MOST_SUMMANDS = 12

/**
 * Learns from a row in which all wires but one are bits: if that one is 0 or 1 in every case that the facts allow, it is a
 * bit, and implies what all cases have in common in which it is 1. Returns whether all wires were bits to begin with.
 */
export function tabulate(facts: Facts, row: Row): boolean {
  const wires = wiresOf(row)
  if (wires.length > MOST_BITS + 1) return false
  const numbers = wires.filter((wire) => !facts.isBoolean(wire))
  if (numbers.length > 1) return false
  for (const x of numbers.length === 1 ? numbers : wires) {
    if (!isSolvable(row, x)) continue
    const ones = casesOfOne(facts, row, x, wires)
    if (ones === undefined) continue
    facts.confine(x, BIT)
    const [first, ...others] = ones
    facts.implications.imply(
      x,
      [...(first ?? [])].filter((lit) => others.every((other) => other.has(lit))),
    )
  }
  define(facts, row)
  return numbers.length === 0
}

/** Bits that add up to 1, or to a bit, exclude each other. */
export function excludeSummands(facts: Facts, form: Affine): void {
  if (form.wires.length > MOST_SUMMANDS || !form.wires.every((wire) => facts.isBoolean(wire))) return
  for (const { plus, minus, constant } of bothSigns(form)) {
    const isCount = (constant === -1n && minus.length === 0) || (constant === 0n && minus.length === 1)
    if (!isCount) continue
    for (const bit of plus) {
      const others = plus.filter((other) => other !== bit)
      facts.implications.imply(
        bit,
        others.map((other) => literal(other, false)),
      )
    }
  }
}

/** The literals of every allowed case with x = 1; undefined if x can be anything but 0 and 1. */
function casesOfOne(facts: Facts, row: Row, x: number, wires: readonly number[]): ReadonlySet<Literal>[] | undefined {
  const bits = wires.filter((wire) => wire !== x)
  const solve = solverFor(row, x, bits)
  const ones: ReadonlySet<Literal>[] = []
  for (let assignment = 0; assignment < 1 << bits.length; assignment++) {
    const literals = bits.map((wire, i) => literal(wire, ((assignment >> i) & 1) === 1))
    const all = new Set(literals)
    for (const lit of literals) if (lit % 2 === 0) for (const other of facts.implications.of(lit / 2)) all.add(other)
    if (literals.some((lit) => facts.implications.follows(all, lit ^ 1))) continue
    const solution = solve(assignment)
    if (solution !== 0 && solution !== 1) return undefined
    if (solution === 1) ones.push(all)
  }
  return ones
}

/** Whether x occurs once, in a term of its own with coefficient 1 or -1. */
function isSolvable(row: Row, x: number): boolean {
  if (row.kind === 'product' && (row.a.wires.includes(x) || row.b.wires.includes(x))) return false
  const c = signed(coefficientOf(row.kind === 'linear' ? row.form : row.c, x))
  return c === 1n || c === -1n
}

/** Products of two sums of bits with larger coefficients are computed as bigints. */
const MOST_COEFFICIENT = 1n << 20n

/**
 * The integer x for given values of the bits, as a mask, all coefficients taken with least magnitude: congruent to the wire's
 * value. Only 0 and 1 are exact if they are not small.
 */
function solverFor(row: Row, x: number, bits: readonly number[]): (assignment: number) => number {
  const form = row.kind === 'linear' ? row.form : row.c
  const sign = signed(coefficientOf(form, x)) === 1n ? 1 : -1
  const forms = row.kind === 'linear' ? [form] : [form, row.a, row.b]
  const parts = forms.map(({ constant, wires, coefficients }) => {
    const terms = wires.flatMap((wire, i) =>
      wire === x ? [] : [[bits.indexOf(wire), signed(coefficients[i]!)] as const],
    )
    return { constant: signed(constant), terms }
  })
  const isSmall = (c: bigint) => -MOST_COEFFICIENT < c && c < MOST_COEFFICIENT
  if (!parts.every(({ constant, terms }) => isSmall(constant) && terms.every(([, c]) => isSmall(c)))) {
    const sums = parts.map(({ constant, terms }) => (assignment: number) => {
      return terms.reduce((sum, [at, c]) => ((assignment >> at) & 1 ? sum + c : sum), constant)
    })
    return (assignment) => {
      const [c, a = 0n, b = 0n] = sums.map((sum) => sum(assignment))
      return Number(BigInt(sign) * (a * b - c!))
    }
  }
  const sums = parts.map(({ constant, terms }) => {
    const small = terms.map(([at, c]) => [at, Number(c)] as const)
    const start = Number(constant)
    return (assignment: number) => small.reduce((sum, [at, c]) => ((assignment >> at) & 1 ? sum + c : sum), start)
  })
  return (assignment) => {
    const [c, a = 0, b = 0] = sums.map((sum) => sum(assignment))
    return sign * (a * b - c!)
  }
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
        facts.implications.equate(x, [literal(negative[0]!, false)])
      }
      if (constant !== 0n) continue
      if (plus.length === 1 && negative.length === 1) {
        facts.implications.equate(x, [literal(plus[0]!, true), literal(negative[0]!, false)])
      } else if (negative.length === 0) {
        facts.implications.equateToAny(
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
    facts.implications.equate(c.wires[0]!, [y.bit, z.bit])
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
  if (y % 2 === 0) facts.implications.imply(y / 2, [z ^ 1])
  if (z % 2 === 0) facts.implications.imply(z / 2, [y ^ 1])
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

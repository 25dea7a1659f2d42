import { type Affine, coefficientOf, isConstant, signed } from '../../circom/affine.ts'
import type { Row } from '../../circom/system.ts'
import { FIELD, max, min } from '../../protocol/numbers.ts'
import type { Facts, Interval } from '../facts.ts'

/** Integers beyond this are not taken for bounded. Numbers of 252 bits are: the widest that are compared. */
const WIDEST = FIELD / 3n
/** How many definitions deep a bound is looked for: each takes a part of the stack. */
const MOST_DEPTH = 200
/** Rows of one wire that are looked at. */
const MOST_ROWS = 24

/**
 * Which integers the wires of a system stand for, where that can be told: intervals that may reach below 0, because a signed
 * number x is usually checked as x + 2^n. `facts` knows canonical values only, from 0 to r - 1.
 */
export class Integers {
  readonly #facts: Facts
  readonly #claims: ReadonlySet<Row>
  readonly #known = new Map<number, Interval | undefined>()

  /** @param claims rows that are themselves in question: nothing follows from them for signed numbers */
  constructor(facts: Facts, claims: ReadonlySet<Row>) {
    this.#facts = facts
    this.#claims = claims
  }

  /** The interval of a wire; undefined if no constraint bounds it, as far as is known. */
  interval(wire: number, depth = MOST_DEPTH): Interval | undefined {
    const known = this.#canonical(wire)
    if (known !== undefined || depth === 0) return known
    if (this.#known.has(wire)) return this.#known.get(wire)
    // Definitions never go in circles, so that this ends.
    const found = this.#defined(wire, depth - 1) ?? this.#shifted(wire)
    this.#known.set(wire, found)
    return found
  }

  /** The integers that a form stands for; undefined if one of its wires has no bound. */
  intervalOf(form: Affine, depth = MOST_DEPTH): Interval | undefined {
    return sumOf(form, (wire) => this.interval(wire, depth))
  }

  /** The integer that the value of a wire stands for. */
  integer(wire: number, value: bigint): bigint {
    const interval = this.interval(wire)
    return interval !== undefined && value > interval.high ? value - FIELD : value
  }

  #canonical(wire: number): Interval | undefined {
    const interval = this.#facts.interval(wire)
    return interval !== undefined && interval.high < WIDEST ? interval : undefined
  }

  /** By the row that gives its value: x = an integer combination of bounded ones, or a product of such. */
  #defined(wire: number, depth: number): Interval | undefined {
    const row = this.#facts.definitionOf(wire)
    if (row === undefined || this.#claims.has(row)) return undefined
    const form = row.kind === 'linear' ? row.form : row.c
    const own = signed(coefficientOf(form, wire))
    if (own !== 1n && own !== -1n) return undefined
    const rest = sumOf(without(form, wire), (other) => this.interval(other, depth))
    if (rest === undefined) return undefined
    if (row.kind === 'linear') return narrow(own > 0n ? negated(rest) : rest)
    if (row.a.wires.includes(wire) || row.b.wires.includes(wire)) return undefined
    const [a, b] = [this.intervalOf(row.a, depth), this.intervalOf(row.b, depth)]
    if (a === undefined || b === undefined) return undefined
    const product = productOf(a, b)
    // a * b = own * x + rest
    const difference = { low: product.low - rest.high, high: product.high - rest.low }
    return narrow(own > 0n ? difference : negated(difference))
  }

  /** By a range check of its sum with what is bounded: bits = x + 2^n. */
  #shifted(wire: number): Interval | undefined {
    const { system } = this.#facts
    for (const index of system.rowsOf(wire).subarray(0, MOST_ROWS)) {
      const row = system.rows[index]!
      if (row.kind !== 'linear' || this.#claims.has(row)) continue
      const own = signed(coefficientOf(row.form, wire))
      if (own !== 1n && own !== -1n) continue
      const rest = sumOf(without(row.form, wire), (other) => this.#canonical(other))
      const found = rest && narrow(own > 0n ? negated(rest) : rest)
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** The integer interval of a form, coefficients taken with least magnitude. */
function sumOf(form: Affine, intervalOf: (wire: number) => Interval | undefined): Interval | undefined {
  let [low, high] = [signed(form.constant), signed(form.constant)]
  for (const [at, wire] of form.wires.entries()) {
    const interval = intervalOf(wire)
    if (interval === undefined) return undefined
    const c = signed(form.coefficients[at]!)
    low += c * (c > 0n ? interval.low : interval.high)
    high += c * (c > 0n ? interval.high : interval.low)
  }
  return { low, high }
}

export function productOf(a: Interval, b: Interval): Interval {
  const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
  return { low: corners.reduce(min), high: corners.reduce(max) }
}

/** A form without one of its wires. */
export function without(form: Affine, wire: number): Affine {
  const at = form.wires.indexOf(wire)
  if (at < 0 || isConstant(form)) return form
  const isOther = (_: unknown, index: number) => index !== at
  return { ...form, wires: form.wires.filter(isOther), coefficients: form.coefficients.filter(isOther) }
}

function negated({ low, high }: Interval): Interval {
  return { low: -high, high: -low }
}

function narrow(interval: Interval): Interval | undefined {
  return interval.low > -WIDEST && interval.high < WIDEST ? interval : undefined
}

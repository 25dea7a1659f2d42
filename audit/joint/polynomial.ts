import type { Constraint, LinearForm } from '../../circom/linear-form.ts'
import { reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'

/**
 * A polynomial in several unknowns mod r: canonical coefficients, none of them 0, by monomial. A monomial x_0^a x_1^b x_2^c ..
 * is the number a + 16 b + 256 c ..: products of monomials are sums of numbers, as long as no exponent reaches 16 and there are
 * at most 13 unknowns.
 */
export type Polynomial = ReadonlyMap<number, bigint>

const BASE = 16
/** The degree that a polynomial may reach: products of two still are monomials. */
const MOST_DEGREE = 8

/** The monomial of one unknown. */
export function monomialOf(unknown: number): number {
  return BASE ** unknown
}

export function exponentOf(monomial: number, unknown: number): number {
  return Math.floor(monomial / monomialOf(unknown)) % BASE
}

export function degreeOfMonomial(monomial: number): number {
  let degree = 0
  for (let rest = monomial; rest > 0; rest = Math.floor(rest / BASE)) degree += rest % BASE
  return degree
}

/** 0 for constants, the polynomial 0 included. */
export function degreeOf(polynomial: Polynomial): number {
  let degree = 0
  for (const monomial of polynomial.keys()) degree = Math.max(degree, degreeOfMonomial(monomial))
  return degree
}

/** Whether an unknown occurs. */
export function mentions(polynomial: Polynomial, unknown: number): boolean {
  return polynomial.keys().some((monomial) => exponentOf(monomial, unknown) > 0)
}

/** left + factor * right. */
export function addScaled(left: Polynomial, right: Polynomial, factor: bigint): Polynomial {
  const sum = new Map(left)
  for (const [monomial, coefficient] of right) accumulate(sum, monomial, coefficient * factor)
  return sum
}

export function multiply(left: Polynomial, right: Polynomial): Polynomial {
  const product = new Map<number, bigint>()
  for (const [one, x] of left) for (const [other, y] of right) accumulate(product, one + other, x * y)
  return product
}

/** The polynomial with another one in place of an unknown; undefined if its degree would exceed `MOST_DEGREE`. */
export function substitute(polynomial: Polynomial, unknown: number, by: Polynomial): Polynomial | undefined {
  let result: Polynomial = new Map()
  const powers: Polynomial[] = [new Map([[0, 1n]])]
  const height = degreeOf(by)
  for (const [monomial, coefficient] of polynomial) {
    const exponent = exponentOf(monomial, unknown)
    const rest = monomial - exponent * monomialOf(unknown)
    if (degreeOfMonomial(rest) + exponent * height > MOST_DEGREE) return undefined
    while (powers.length <= exponent) powers.push(multiply(powers.at(-1)!, by))
    result = addScaled(result, multiply(powers[exponent]!, new Map([[rest, 1n]])), coefficient)
  }
  return result
}

/** The value once every unknown has one. */
export function evaluate(polynomial: Polynomial, values: ReadonlyMap<number, bigint>): bigint {
  let sum = 0n
  for (const [monomial, coefficient] of polynomial) {
    let product = coefficient
    let rest = monomial
    for (let unknown = 0; rest > 0; unknown++, rest = Math.floor(rest / BASE)) {
      const value = values.get(unknown)
      for (let times = rest % BASE; times > 0; times--) product = (product * value!) % FIELD
    }
    sum += product
  }
  return reduce(sum)
}

/** A constraint over unknowns that `place` numbers, as the polynomial a * b - c. */
export function polynomialOf({ a, b, c }: Constraint, place: ReadonlyMap<number, number>): Polynomial {
  return addScaled(multiply(linear(a, place), linear(b, place)), linear(c, place), -1n)
}

function linear({ constant, terms }: LinearForm, place: ReadonlyMap<number, number>): Polynomial {
  const form = new Map<number, bigint>()
  accumulate(form, 0, constant)
  for (const [wire, coefficient] of terms) accumulate(form, monomialOf(place.get(wire)!), coefficient)
  return form
}

function accumulate(sum: Map<number, bigint>, monomial: number, value: bigint): void {
  const total = reduce((sum.get(monomial) ?? 0n) + value)
  if (total === 0n) sum.delete(monomial)
  else sum.set(monomial, total)
}

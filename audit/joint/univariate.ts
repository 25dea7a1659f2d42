import { invert, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { never, type Tick } from '../clock.ts'
import { quadraticRoots } from '../field.ts'

/** A polynomial in one unknown mod r: canonical coefficients from the constant upwards, the last one not 0. None of them: 0. */
export type Univariate = readonly bigint[]

export function univariate(coefficients: readonly bigint[]): Univariate {
  const reduced = coefficients.map(reduce)
  const last = reduced.findLastIndex((value) => value !== 0n)
  return reduced.slice(0, last + 1)
}

/** Constraints that are looked at in the time in which a polynomial is squared, for each of its coefficients. */
const WORK = 4
/** Values x + 0, x + 1, .. by which roots are told apart. Each fails for half of all pairs of roots. */
const MOST_SHIFTS = 80

/**
 * The distinct roots mod r of a polynomial that is not 0, by the greatest common divisor with x^r - x and the splitting of
 * Cantor and Zassenhaus (1981) with x, x + 1, x + 2, .. in place of random choices.
 */
export function rootsOf(polynomial: Univariate, tick: Tick = never): bigint[] {
  if (polynomial.length <= 3) return smallRoots(polynomial, tick)
  const whole = monic(polynomial)
  const power = powerOf([0n, 1n], FIELD, whole, tick)
  return split(commonDivisor(subtract(power, [0n, 1n]), whole), 0n, tick)
}

/** Of a product of distinct factors x - root. */
function split(product: Univariate, from: bigint, tick: Tick): bigint[] {
  if (product.length <= 3) return smallRoots(product, tick)
  for (let shift = from; shift < MOST_SHIFTS; shift++) {
    // 1 at the roots for which root + shift is a square that is not 0.
    const power = powerOf([shift, 1n], (FIELD - 1n) / 2n, product, tick)
    const squares = commonDivisor(subtract(power, [1n]), product)
    if (squares.length === 1 || squares.length === product.length) continue
    const others = divide(product, squares).quotient
    return [...split(squares, shift + 1n, tick), ...split(others, shift + 1n, tick)]
  }
  return []
}

function smallRoots([constant = 0n, linear = 0n, square = 0n]: Univariate, tick: Tick): bigint[] {
  const roots = quadraticRoots(square, linear, constant, tick)
  return roots === 'every' ? [] : roots
}

/** The monic greatest common divisor, of which 0 is a multiple. */
export function commonDivisor(left: Univariate, right: Univariate): Univariate {
  let [f, g] = [left, right]
  while (g.length > 0) [f, g] = [g, divide(f, monic(g)).rest]
  return f.length === 0 ? f : monic(f)
}

function monic(f: Univariate): Univariate {
  const last = f.at(-1)!
  if (last === 1n) return f
  const inverse = invert(last)
  return f.map((value) => (value * inverse) % FIELD)
}

/** By a monic polynomial. */
function divide(f: Univariate, by: Univariate): { quotient: Univariate; rest: Univariate } {
  const rest = [...f]
  const degree = by.length - 1
  const quotient = new Array<bigint>(Math.max(0, f.length - degree)).fill(0n)
  for (let at = quotient.length - 1; at >= 0; at--) {
    const factor = reduce(rest[at + degree]!)
    quotient[at] = factor
    if (factor === 0n) continue
    for (let i = 0; i < degree; i++) rest[at + i]! -= factor * by[i]!
  }
  return { quotient, rest: univariate(rest.slice(0, degree)) }
}

function subtract(f: Univariate, g: Univariate): Univariate {
  return univariate(Array.from({ length: Math.max(f.length, g.length) }, (_, i) => (f[i] ?? 0n) - (g[i] ?? 0n)))
}

function multiply(f: Univariate, g: Univariate): bigint[] {
  const product = new Array<bigint>(f.length + g.length).fill(0n)
  for (const [i, x] of f.entries()) for (const [j, y] of g.entries()) product[i + j]! += x * y
  return product.map((value) => value % FIELD)
}

/** base^exponent modulo a monic polynomial. */
function powerOf(base: Univariate, exponent: bigint, modulus: Univariate, tick: Tick): Univariate {
  let result: Univariate = [1n]
  for (const bit of exponent.toString(2)) {
    tick(WORK * modulus.length)
    result = divide(multiply(result, result), modulus).rest
    if (bit === '1') result = divide(multiply(result, base), modulus).rest
  }
  return result
}

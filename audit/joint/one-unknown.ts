import { invert, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { never, type Tick } from '../clock.ts'
import { degreeOf, degreeOfMonomial, exponentOf, mentions, monomialOf, type Polynomial } from './polynomial.ts'
import { commonDivisor, type Univariate, univariate } from './univariate.ts'

/** What a system says of one unknown alone: it is a root of the polynomial. */
export interface OneUnknown {
  readonly unknown: number
  readonly polynomial: Univariate
}

/** Columns of the largest matrix that is reduced, and the largest degree of what it is reduced to. */
const MOST_MONOMIALS = 90
const MOST_ROOTS = 16
/** Columns that are subtracted in the time in which one constraint is looked at. */
const COLUMNS = 5
/** Exponents are below 16. */
const MOST_TOTAL_DEGREE = 15

/**
 * A polynomial in one unknown that vanishes at all common zeros of the equations; undefined if none is found, as for systems
 * that are too large or have infinitely many zeros. If there are no zeros, it may be a constant.
 *
 * Equations in one unknown come first. Otherwise all products of equations with monomials up to a degree are reduced to
 * echelon form, as Macaulay did, and powers of an unknown modulo these are taken until they depend on each other.
 */
export function oneUnknown(
  equations: readonly Polynomial[],
  unknowns: readonly number[],
  tick: Tick = never,
): OneUnknown | undefined {
  const alone = aloneIn(equations, unknowns)
  if (alone !== undefined || equations.length < unknowns.length) return alone
  const degrees = equations.map(degreeOf)
  const least = Math.max(...degrees)
  const most = Math.min(MOST_TOTAL_DEGREE, 2 + degrees.reduce((sum, degree) => sum + degree - 1, 0))
  for (let degree = least; degree <= most; degree++) {
    const monomials = monomialsUpTo(degree, unknowns)
    if (monomials.length > MOST_MONOMIALS) return undefined
    const matrix = new MacaulayMatrix(monomials, tick)
    for (const equation of equations) {
      const room = degree - degreeOf(equation)
      for (const by of monomials) if (degreeOfMonomial(by) <= room) matrix.add(equation, by)
    }
    for (const unknown of unknowns) {
      const polynomial = matrix.relation(unknown)
      if (polynomial !== undefined) return { unknown, polynomial }
    }
  }
  return undefined
}

/** From the equations that mention no other unknown. */
function aloneIn(equations: readonly Polynomial[], unknowns: readonly number[]): OneUnknown | undefined {
  for (const unknown of unknowns) {
    let common: Univariate = []
    for (const equation of equations) {
      const others = unknowns.filter((one) => one !== unknown)
      if (others.some((one) => mentions(equation, one))) continue
      const coefficients = Array.from({ length: degreeOf(equation) + 1 }, () => 0n)
      for (const [monomial, value] of equation) coefficients[exponentOf(monomial, unknown)] = value
      common = commonDivisor(common, univariate(coefficients))
    }
    if (common.length > 0) return { unknown, polynomial: common }
  }
  return undefined
}

/** All monomials of a degree at most, those of the highest degree first. */
function monomialsUpTo(degree: number, unknowns: readonly number[]): number[] {
  let all = [0]
  for (const unknown of unknowns) {
    const step = monomialOf(unknown)
    all = all.flatMap((monomial) => {
      const room = degree - degreeOfMonomial(monomial)
      return Array.from({ length: room + 1 }, (_, exponent) => monomial + exponent * step)
    })
    if (all.length > MOST_MONOMIALS) return all
  }
  return all.sort((a, b) => degreeOfMonomial(b) - degreeOfMonomial(a))
}

/** Equations times monomials, in echelon form. */
class MacaulayMatrix {
  readonly #monomials: readonly number[]
  readonly #columnOf: ReadonlyMap<number, number>
  /** Rows by the column of their first entry, which is 1. */
  readonly #rows: (readonly bigint[] | undefined)[] = []
  readonly #tick: Tick

  constructor(monomials: readonly number[], tick: Tick) {
    this.#monomials = monomials
    this.#columnOf = new Map(monomials.map((monomial, column) => [monomial, column]))
    this.#tick = tick
  }

  add(equation: Polynomial, by: number): void {
    const row = new Array<bigint>(this.#monomials.length).fill(0n)
    for (const [monomial, coefficient] of equation) row[this.#columnOf.get(monomial + by)!] = coefficient
    this.#reduce(row)
    const first = row.findIndex((value) => value !== 0n)
    if (first < 0) return
    const inverse = invert(row[first]!)
    this.#rows[first] = row.map((value) => (value * inverse) % FIELD)
  }

  /** The polynomial of least degree in one unknown that the rows allow to find. */
  relation(unknown: number): Univariate | undefined {
    const powers: { first: number; row: readonly bigint[]; combination: readonly bigint[] }[] = []
    const one = new Array<bigint>(this.#monomials.length).fill(0n)
    let power: bigint[] | undefined = one.with(this.#columnOf.get(0)!, 1n)
    for (let exponent = 0; exponent <= MOST_ROOTS && power !== undefined; exponent++) {
      this.#reduce(power)
      const row = [...power]
      const combination = new Array<bigint>(MOST_ROOTS + 1).fill(0n).with(exponent, 1n)
      for (const other of powers) {
        const factor = row[other.first]!
        if (factor === 0n) continue
        subtract(row, other.row, factor)
        subtract(combination, other.combination, factor)
      }
      const first = row.findIndex((value) => value !== 0n)
      if (first < 0) return univariate(combination)
      const inverse = invert(row[first]!)
      const scaled = (values: readonly bigint[]) => values.map((value) => (value * inverse) % FIELD)
      powers.push({ first, row: scaled(row), combination: scaled(combination) })
      power = this.#times(power, unknown)
    }
    return undefined
  }

  /** Undefined if the product has a monomial without a column. */
  #times(row: readonly bigint[], unknown: number): bigint[] | undefined {
    const product = new Array<bigint>(row.length).fill(0n)
    for (const [column, value] of row.entries()) {
      if (value === 0n) continue
      const to = this.#columnOf.get(this.#monomials[column]! + monomialOf(unknown))
      if (to === undefined) return undefined
      product[to] = value
    }
    return product
  }

  #reduce(row: bigint[]): void {
    for (let column = 0; column < row.length; column++) {
      const value = row[column]!
      const by = this.#rows[column]
      if (value === 0n || by === undefined) continue
      this.#tick(Math.ceil(row.length / COLUMNS))
      subtract(row, by, value)
    }
  }
}

/** row -= factor * by. */
function subtract(row: bigint[], by: readonly bigint[], factor: bigint): void {
  for (const [at, value] of by.entries()) if (value !== 0n) row[at] = reduce(row[at]! - factor * value)
}

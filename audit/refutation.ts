import { type Affine, addScaled, affine, direction, isConstant, scale } from '../circom/affine.ts'
import type { Row } from '../circom/system.ts'
import { divide, reduce } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { Facts } from './facts.ts'
import { quadraticRoots } from './field.ts'
import { define, rewrite } from './linear-definitions.ts'
import { rowsNear } from './rows-near.ts'

/** What is taken to be true of a witness, beside the system and the facts. */
export interface Assumptions {
  /** Forms that are 0. */
  readonly zeros: readonly Affine[]
  /** Forms that are not. */
  readonly nonZeros?: readonly Affine[]
}

/** Rows that one refutation reads at most, in all its cases, and how many more for each form that is taken to be 0. */
const MOST_READ = 1000
const MORE_READ = 16
/**
 * Rows of one wire that are read: those of a wire that is everywhere say little, and are read only if no other wire of a form
 * is in fewer.
 */
const MOST_ROWS = 48
/** Linear rows with more wires tell nothing of one of them. */
const MOST_WIRES = 8
/** Products that are 0, or quadratic equations, that are split into cases one inside another. */
const MOST_SPLITS = 2

/**
 * Whether no witness fits the assumptions. Rows near them are read with what is assumed put in; a row that becomes linear is
 * one more form that is 0, and so is a factor of a product that is 0 where the other factor is not. A constant that is not 0,
 * a form that the facts say is never 0, or an equation of second degree without a root is a contradiction. Where none comes of
 * it, a product that is 0 is split: both of its factors must lead to one. Every step holds in all witnesses that fit, so that a
 * contradiction shows that there are none; false says nothing.
 */
export function refute(facts: Facts, { zeros, nonZeros = [] }: Assumptions): boolean {
  const budget = { left: MOST_READ + MORE_READ * zeros.length }
  const start = new Case(facts, budget, new Map(), new Set(nonZeros.map((form) => nameOf(facts, form))))
  for (const { wires } of nonZeros) start.wake(wires)
  return start.leadsNowhere(zeros, MOST_SPLITS)
}

function nameOf(facts: Facts, form: Affine): string {
  return direction(facts.definitions.normalForm(form))
}

class Case {
  readonly #facts: Facts
  readonly #budget: { left: number }
  /** What wires are once the assumptions hold. */
  readonly #definitions: Map<number, Affine>
  readonly #nonZeros: ReadonlySet<string>
  readonly #queue: number[] = []
  readonly #waiting = new Set<number>()
  /** By linear row: how many definitions there were when it last passed on that its wires may have changed. */
  readonly #passedOn = new Map<number, number>()
  #splits: (readonly [Affine, Affine])[] = []

  constructor(facts: Facts, budget: { left: number }, definitions: Map<number, Affine>, nonZeros: ReadonlySet<string>) {
    this.#facts = facts
    this.#budget = budget
    this.#definitions = definitions
    this.#nonZeros = nonZeros
  }

  leadsNowhere(zeros: readonly Affine[], splits: number): boolean {
    if (zeros.some((form) => !this.#assume(form))) return true
    for (let row = this.#queue.pop(); row !== undefined; row = this.#queue.pop()) {
      this.#waiting.delete(row)
      if (this.#budget.left-- <= 0) return false
      if (!this.#read(this.#facts.system.rows[row]!, row)) return true
    }
    if (splits === 0) return false
    // Rows that were split before more was known may be decided by now: the case reads them again.
    return this.#splits.some((pair) =>
      pair.every((form) => {
        if (this.#budget.left <= 0) return false
        const branch = new Case(this.#facts, this.#budget, new Map(this.#definitions), this.#nonZeros)
        return branch.leadsNowhere([form], splits - 1)
      }),
    )
  }

  /** Takes one more form for 0; false if it cannot be. */
  #assume(form: Affine): boolean {
    const rest = this.#reduce(form)
    if (isConstant(rest)) return rest.constant === 0n
    if (this.#isNonZero(rest)) return false
    const [wire] = rest.wires
    const isSingle = rest.wires.length === 1
    if (isSingle && !this.#canBe(wire!, divide(-rest.constant, rest.coefficients[0]!))) return false
    define(this.#definitions, rest)
    this.wake(rest.wires)
    return true
  }

  #canBe(wire: number, value: bigint): boolean {
    const interval = this.#facts.interval(wire)
    return interval === undefined || (interval.low <= value && value <= interval.high)
  }

  /** Has rows of wires read: of those that are in few rows, or in the fewest. */
  wake(wires: readonly number[]): void {
    const { system } = this.#facts
    const counts = wires.map((wire) => system.rowsOf(wire).length)
    const most = Math.max(MOST_ROWS, Math.min(...counts))
    for (const wire of wires.filter((_, i) => counts[i]! <= most)) {
      for (const row of rowsNear(system, wire, MOST_ROWS)) {
        if (this.#waiting.has(row) || isLongProduct(system.rows[row]!)) continue
        this.#waiting.add(row)
        this.#queue.push(row)
      }
    }
  }

  /** What a short linear row defines may have changed with its other wires. */
  #passOn({ wires }: Affine, index: number): void {
    const count = this.#definitions.size
    if (wires.length > MOST_WIRES || this.#passedOn.get(index) === count) return
    this.#passedOn.set(index, count)
    this.wake(wires)
  }

  #reduce(form: Affine): Affine {
    for (let rest = form; ; ) {
      const next = rewrite(this.#facts.definitions.normalForm(rest), this.#definitions)
      if (next === rest) return rest
      rest = next
    }
  }

  #isNonZero(form: Affine): boolean {
    return this.#facts.isNonZero(form) || (this.#nonZeros.size > 0 && this.#nonZeros.has(nameOf(this.#facts, form)))
  }

  /** What a row says; false if that cannot be. */
  #read(row: Row, index: number): boolean {
    if (row.kind === 'linear') {
      const rest = this.#reduce(row.form)
      if (rest.wires.length > MOST_WIRES) return true
      this.#passOn(row.form, index)
      return this.#assume(rest)
    }
    const [a, b, c] = [this.#reduce(row.a), this.#reduce(row.b), this.#reduce(row.c)]
    if (isConstant(a)) return this.#assume(addScaled(scale(b, a.constant), c, -1n))
    if (isConstant(b)) return this.#assume(addScaled(scale(a, b.constant), c, -1n))
    const isZero = isConstant(c) && c.constant === 0n
    if (isZero && (this.#isNonZero(row.a) || this.#isNonZero(a))) return this.#assume(b)
    if (isZero && (this.#isNonZero(row.b) || this.#isNonZero(b))) return this.#assume(a)
    const factors = factorsOf(a, b, c)
    if (factors === 'none') return false
    if (factors === undefined) return true
    const [one, other] = factors
    if (direction(one) === direction(other)) return this.#assume(one)
    this.#splits.push(factors)
    return true
  }
}

/** Neither factor of a long product becomes a constant in the few steps that are taken. */
function isLongProduct(row: Row): boolean {
  return row.kind === 'product' && row.a.wires.length > MOST_WIRES && row.b.wires.length > MOST_WIRES
}

/** Two forms of which one is 0 just where a * b = c; 'none' if that is nowhere; undefined if there are no such forms. */
function factorsOf(a: Affine, b: Affine, c: Affine): readonly [Affine, Affine] | 'none' | undefined {
  if (isConstant(c) && c.constant === 0n) return [a, b]
  const [kb, kc] = [ratio(a, b), ratio(a, c)]
  if (kb === undefined || kc === undefined) return undefined
  // With t for the terms of a: (t + a0) (kb t + b0) = kc t + c0, and kb is not 0.
  const roots = quadraticRoots(kb, b.constant + kb * a.constant - kc, a.constant * b.constant - c.constant)
  if (roots === 'every') return undefined
  if (roots.length === 0) return 'none'
  const [first, second] = roots.map((root) => ({ ...a, constant: reduce(-root) })) as [Affine, Affine?]
  return [first, second ?? first]
}

/** The k with other's terms = k * form's terms; undefined if there is none. */
function ratio(form: Affine, other: Affine): bigint | undefined {
  if (isConstant(other)) return 0n
  if (other.wires.length !== form.wires.length) return undefined
  const k = divide(other.coefficients[0]!, form.coefficients[0]!)
  const isMultiple = form.wires.every(
    (wire, i) => other.wires[i] === wire && other.coefficients[i] === (k * form.coefficients[i]!) % FIELD,
  )
  return isMultiple ? k : undefined
}

/** The form that is 0 just where a wire has a value. */
export function valueForm(wire: number, value: bigint): Affine {
  return affine(-value, [[wire, 1n]])
}

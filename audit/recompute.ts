import { evaluate, reduceRow } from '../circom/linear-form.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import { divide } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { Random } from '../protocol/random.ts'
import { type Assignment, zeroForms } from './alternatives.ts'
import { boundedSums } from './bounded-sum.ts'
import { upperBounds } from './bounds.ts'
import type { DefinitionOrder } from './definition-order.ts'
import type { DigitOptions } from './digit-systems.ts'
import { elementUpTo } from './forge-inputs.ts'
import { otherSums } from './other-sums.ts'
import { WideSums } from './wide-sums.ts'

export interface RecomputeOptions extends DigitOptions {
  readonly order: DefinitionOrder
  readonly random: Random
}

/** Wires that are changed around one witness, and sums of bits. */
const MOST_CHANGED = 64
/** Wires that are passed over in the time in which one constraint is looked at. */
const WIRES_PER_CONSTRAINT = 64
/** Other solutions of one sum. */
const MOST_SUMS = 2

/**
 * Other values of a witness, each from bits, digits or limbs that add up to the same number otherwise, or from a wire that the
 * constraint which gives it leaves open there, because a factor is 0: these change, and everything that follows from them is computed anew, in
 * the order of definitions. So a difference goes through thousands of constraints, such as those of a ladder, without a
 * choice. What comes out need not be a witness.
 */
export class Recomputation {
  readonly #options: RecomputeOptions
  /** Wires that a constraint gives, in the order in which they follow. */
  readonly #given: readonly number[]
  /** 1 but for the wires of the row that is solved. */
  readonly #others: Uint8Array
  readonly #wideSums: WideSums

  constructor(options: RecomputeOptions) {
    const { r1cs, fixed, order } = options
    this.#options = options
    const given: number[] = []
    for (let wire = 1; wire < r1cs.nWires; wire++) if (!fixed[wire] && order.definition[wire] !== -1) given.push(wire)
    this.#given = given.sort((a, b) => order.rank[a]! - order.rank[b]!)
    this.#others = new Uint8Array(r1cs.nWires).fill(1)
    this.#wideSums = new WideSums(options)
  }

  /** Changes to a witness; undefined between them, where there is only time to take. */
  *around(witness: readonly bigint[]): Generator<Assignment | undefined> {
    let count = 0
    for (const start of this.#starts(witness)) {
      yield
      if (start === undefined) continue
      yield this.#changed(witness, start)
      if (++count === MOST_CHANGED) return
    }
  }

  *#starts(witness: readonly bigint[]): Generator<Assignment | undefined> {
    const { order, random } = this.#options
    yield* this.#wideSums.around(witness)
    const rows = new Set(this.#given.filter((wire) => order.branches.has(wire)).map((wire) => order.definition[wire]!))
    for (const row of rows) {
      yield
      yield* this.#otherSums(witness, row)
    }
    for (const wire of this.#given) {
      if (this.#isOpen(witness, wire)) yield [[wire, elementUpTo(FIELD - 1n, random)]]
    }
  }

  #otherSums(witness: readonly bigint[], row: number): Assignment[] {
    const { r1cs, tick } = this.#options
    const together = this.#givenBy(row)
    tick(together.length)
    for (const wire of together) this.#others[wire] = 0
    const found = [...otherSums(r1cs, row, witness, this.#others).take(MOST_SUMS)]
    for (const wire of together) this.#others[wire] = 1
    return found
  }

  /** The wires that a row gives. */
  #givenBy(row: number): number[] {
    const { r1cs, order } = this.#options
    const own = r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])
    return [...new Set(own)].filter((wire) => order.definition[wire] === row)
  }

  /** Whether other constraints read the wire, and its own says nothing of it. */
  #isOpen(witness: readonly bigint[], wire: number): boolean {
    const { r1cs, order, tick } = this.#options
    tick()
    if (rowsOf(rowIndex(r1cs), wire).length < 2 || order.branches.has(wire)) return false
    return this.#slope(witness, order.definition[wire]!, wire) === 0n
  }

  /** By how much a row changes with a wire, the others as they are; undefined if it is quadratic in it. */
  #slope(values: readonly bigint[], row: number, wire: number): bigint | undefined {
    const { a, b, c } = this.#reduced(values, row, [wire])
    const [inA, inB, inC] = [a, b, c].map(({ terms }) => terms.get(wire) ?? 0n) as [bigint, bigint, bigint]
    if (inA !== 0n && inB !== 0n) return undefined
    return (inA * b.constant + inB * a.constant + (FIELD - inC)) % FIELD
  }

  #reduced(values: readonly bigint[], row: number, open: readonly number[]) {
    for (const wire of open) this.#others[wire] = 0
    const reduced = reduceRow(this.#options.r1cs, row, values, this.#others)
    for (const wire of open) this.#others[wire] = 1
    return reduced
  }

  /** Some wires change, and what follows from them. */
  #changed(witness: readonly bigint[], start: Assignment): Assignment {
    const { r1cs, order, tick } = this.#options
    tick(Math.ceil(this.#given.length / WIRES_PER_CONSTRAINT))
    const first = this.#firstRank(start)
    const index = rowIndex(r1cs)
    const values = witness.slice()
    const changes = new Map<number, bigint>()
    const touched = new Set<number>()
    const change = (wire: number, to: bigint) => {
      if (values[wire] === to) return
      values[wire] = to
      changes.set(wire, to)
      for (const row of rowsOf(index, wire)) touched.add(row)
    }
    for (const [wire, value] of start) change(wire, value)
    const started = new Set(start.map(([wire]) => wire))
    for (const wire of this.#given) {
      const row = order.definition[wire]!
      if (order.rank[wire]! < first || started.has(wire) || !touched.has(row)) continue
      tick()
      for (const [one, to] of this.#solve(values, row, wire, started)) change(one, to)
    }
    return [...changes]
  }

  /** The least rank of some wires and of those that the same rows give. */
  #firstRank(start: Assignment): number {
    const { order } = this.#options
    const rows = new Set(start.map(([wire]) => order.definition[wire]!).filter((row) => row !== -1))
    const wires = [...start.map(([wire]) => wire), ...[...rows].flatMap((row) => this.#givenBy(row))]
    return wires.reduce((least, wire) => Math.min(least, order.rank[wire]!), Number.POSITIVE_INFINITY)
  }

  /** What a row says of the wire that it gives, and of those that it gives with it and that did not begin the change. */
  #solve(values: readonly bigint[], row: number, wire: number, started: ReadonlySet<number>): Assignment {
    const { r1cs, order } = this.#options
    if (!order.branches.has(wire)) {
      const slope = this.#slope(values, row, wire)
      if (slope === undefined || slope === 0n) return []
      const { a, b, c } = this.#reduced(values, row, [])
      // Linear in the wire: a step of -f / slope makes the row's difference f vanish.
      const step = divide(c.constant - a.constant * b.constant, slope)
      return [[wire, (values[wire]! + step) % FIELD]]
    }
    const bounds = upperBounds(r1cs)
    const together = this.#givenBy(row).filter((one) => !started.has(one))
    for (const form of zeroForms(this.#reduced(values, row, together), this.#options.tick) ?? []) {
      if (evaluate(form, values) === 0n) return []
      const terms = [...form.terms].map(([one, coefficient]) => {
        return { wire: one, coefficient, bound: bounds.get(one) ?? FIELD - 1n, preferred: values[one]! }
      })
      this.#options.tick(terms.length)
      const [solution] = boundedSums(terms, (FIELD - form.constant) % FIELD).take(1)
      if (solution !== undefined) return solution
    }
    return []
  }
}

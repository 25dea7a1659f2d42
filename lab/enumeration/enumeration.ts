import { FIELD } from '../../protocol/numbers.ts'
import type { Solver } from './solver/index.ts'
import type { SourceEdit } from './tiny.ts'

/** `default`: what every test run pays for; `full`: all inputs that the enumeration is about. */
export type Scale = 'default' | 'full'

/** What was enumerated. */
export interface Counts {
  /** Inputs tried. Where the solver finds the inputs itself, all of the field is tried and these are the accepted ones. */
  inputs: number
  /** Inputs that the constraints accept; for each the outputs are the model's and no others. */
  accepted: number
  /** Solutions in all: inputs accepted, times the hints that are accepted with them. */
  solutions: number
}

/** Every input of a template, or of a rule, at tiny widths, against the reference model. */
export interface Enumeration {
  readonly name: string
  /** What holds for all inputs, and what all inputs are. */
  readonly claim: string
  /** The widths and sizes at full scale, in words. */
  readonly sizes: string
  /** Throws a `Difference` at the first input at which circuit and model differ. */
  run(options: RunOptions): Promise<Counts>
}

export interface RunOptions {
  readonly scale: Scale
  readonly onProgress?: ((inputs: number) => void) | undefined
  /** Changes of the circuits, to see that they are found. */
  readonly edits?: readonly SourceEdit[] | undefined
}

/** What an enumeration is there to find. Any other error says that it could not enumerate. */
export class Difference extends Error {}

/** Compares all solutions of a system with what the model says, input by input, and counts. */
export class Tally implements Counts {
  inputs = 0
  accepted = 0
  solutions = 0
  readonly #solver: Solver
  readonly #onProgress: ((inputs: number) => void) | undefined
  #expected: readonly number[] | undefined
  #exactly: readonly bigint[] | undefined
  #wrong: readonly (number | bigint)[] | undefined

  constructor(solver: Solver, onProgress?: (inputs: number) => void) {
    this.#solver = solver
    this.#onProgress = onProgress
  }

  /**
   * The constraints have a solution for these inputs iff `expected` is there, and every solution reads as expected. Signed
   * integers stand for field elements.
   */
  check(values: readonly number[], expected: readonly number[] | undefined): void {
    this.#expected = expected
    this.#wrong = undefined
    this.#count(this.#solver.solve(values, this.#visit), values, expected)
  }

  /** The same where several outcomes are legal: every solution reads as one of them, and each of them is a solution's. */
  checkAny(values: readonly number[], outcomes: readonly (readonly number[])[]): void {
    const legal = new Map(outcomes.map((one) => [one.join(' '), one]))
    const missed = new Set(legal.keys())
    this.#wrong = undefined
    const solutions = this.#solver.solve(values, (read) => {
      const text = read.join(' ')
      if (!legal.has(text)) this.#wrong ??= [...read]
      missed.delete(text)
    })
    const [unmet] = missed
    this.#count(
      unmet === undefined || this.#wrong !== undefined ? solutions : 0,
      values,
      legal.get(unmet ?? '') ?? outcomes[0],
    )
  }

  /** The same as {@link check} for any field elements. */
  checkExactly(values: readonly bigint[], expected: readonly bigint[] | undefined): void {
    this.#exactly = expected
    this.#wrong = undefined
    this.#count(this.#solver.solveExactly(values, this.#visitExactly), values, expected)
  }

  readonly #visit = (read: readonly number[]) => {
    const expected = this.#expected
    if (expected !== undefined) {
      let i = expected.length === read.length ? 0 : -1
      while (i >= 0 && i < read.length && read[i] === expected[i]) i++
      if (i === read.length) return
    }
    this.#wrong ??= [...read]
  }

  readonly #visitExactly = (read: readonly bigint[]) => {
    const expected = this.#exactly
    if (expected?.length !== read.length || read.some((value, i) => value !== expected[i])) this.#wrong ??= [...read]
  }

  #count(
    solutions: number,
    values: readonly (number | bigint)[],
    expected: readonly (number | bigint)[] | undefined,
  ): void {
    if (this.#wrong !== undefined || solutions > 0 !== (expected !== undefined)) {
      const { known, read } = this.#solver
      const list = (names: readonly string[], numbers: readonly (number | bigint)[] | undefined) =>
        numbers === undefined ? 'no solution' : names.map((name, i) => `${name}=${numbers[i]}`).join(' ')
      const found = this.#wrong === undefined && solutions > 0 ? expected : this.#wrong
      throw new Difference(
        `circuit and model differ at ${list(known, values)}\ncircuit: ${list(read, found)}\nmodel: ${list(read, expected)}`,
      )
    }
    this.inputs++
    this.solutions += solutions
    if (solutions > 0) this.accepted++
    if ((this.inputs & 0xffff) === 0) this.#onProgress?.(this.inputs)
  }

  counts(): Counts {
    return { inputs: this.inputs, accepted: this.accepted, solutions: this.solutions }
  }
}

/**
 * All solutions of a system, none of whose signals is given, as a set of texts; throws if one comes twice. Nothing of the
 * field is left out.
 */
export function relationOf(solver: Solver): Set<string> {
  const relation = new Set<string>()
  solver.solve([], (read) => {
    const text = read.join(' ')
    if (relation.has(text)) throw new Difference(`two solutions read ${text}`)
    relation.add(text)
  })
  return relation
}

/** Throws unless both sets are the same, naming an element of one alone. */
export function assertSameRelation(circuit: ReadonlySet<string>, model: ReadonlySet<string>): Counts {
  for (const one of circuit)
    if (!model.has(one)) throw new Difference(`the circuit accepts ${one}, which the model does not`)
  for (const one of model)
    if (!circuit.has(one)) throw new Difference(`the model calls ${one} legal; the circuit refuses it`)
  return { inputs: model.size, accepted: model.size, solutions: circuit.size }
}

export function sum(counts: readonly Counts[]): Counts {
  const total = (name: keyof Counts) => counts.reduce((all, one) => all + one[name], 0)
  return { inputs: total('inputs'), accepted: total('accepted'), solutions: total('solutions') }
}

/** Calls `act` with every combination of the axes' values, the last axis running fastest. The object is reused. */
export function product<T extends Record<string, readonly unknown[]>>(
  axes: T,
  act: (point: { -readonly [K in keyof T]: T[K][number] }) => void,
): void {
  const names = Object.keys(axes) as (keyof T)[]
  const point = {} as { -readonly [K in keyof T]: T[K][number] }
  const walk = (depth: number) => {
    if (depth === names.length) {
      act(point)
      return
    }
    const name = names[depth]!
    for (const value of axes[name]!) {
      point[name] = value
      walk(depth + 1)
    }
  }
  walk(0)
}

/** from, from + 1 ... to - 1 */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

/** Field elements of every kind: around 0, around 2^n for the widths given, around the middle and the end of the field. */
export function specialElements(widths: readonly number[]): bigint[] {
  const half = (FIELD - 1n) / 2n
  const values = [0n, 1n, 2n, 3n, half - 1n, half, half + 1n, half + 2n]
  for (const n of [...widths, 64, 128, 252, 253]) {
    const power = 1n << BigInt(n)
    values.push(power - 1n, power, power + 1n, FIELD - power, FIELD - power + 1n, FIELD - power - 1n)
  }
  values.push(FIELD - 1n, FIELD - 2n, FIELD - 3n)
  return [...new Set(values)].filter((value) => value >= 0n && value < FIELD)
}

import { setImmediate } from 'node:timers/promises'
import { ZkclearError } from '../protocol/errors.ts'
import { Random } from '../protocol/flow/random.ts'
import { FIELD } from '../protocol/numbers.ts'
import { findBrokenConstraints } from '../prover/constraint-check.ts'
import type { R1cs } from '../prover/r1cs.ts'
import type { Assignment } from './alternatives.ts'
import { upperBounds } from './bounds.ts'
import { divide } from './field.ts'
import { specialInputs } from './forge-inputs.ts'
import { evaluate, type LinearForm, reduceRow } from './linear-form.ts'
import { otherSums } from './other-sums.ts'
import { rowIndex, rowsOf } from './row-index.ts'
import { anyElement, candidates, inputWires, neighbours, specialValues } from './search-order.ts'
import { Solver } from './solve.ts'

/** Two witnesses of one system with equal inputs, both satisfying every constraint, that differ in wire `target`. */
export interface Forgery {
  readonly first: bigint[]
  readonly second: bigint[]
  readonly target: number
}

export interface ForgerOptions {
  r1cs: R1cs
  /** 1 for each wire that the inputs determine, whatever they are: those are never changed. */
  proven: Uint8Array
  /** An honest witness to begin with. Without one, the search makes its own from inputs that it chooses. */
  witness?: readonly bigint[] | undefined
  /**
   * The circuit's own witness for inputs in wire order (public ones first), undefined if it has none. Without it, witnesses
   * for other inputs are looked for by solving, which suits small circuits.
   */
  calculate?: ((inputs: readonly bigint[]) => Promise<readonly bigint[] | undefined>) | undefined
  /** The same seed gives the same search. Default 1. */
  seed?: bigint | undefined
}

export interface ForgeLimits {
  /** Wall-clock time, in milliseconds, after which the search gives up. */
  budgetMilliseconds: number
  /** Decisions after which the search gives up. Default: no limit. */
  steps?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: ForgeProgress) => void) | undefined
}

export interface ForgeProgress {
  readonly target: number
  /** Inputs that were tried, decisions that were taken. */
  readonly bases: number
  readonly steps: number
}

export type ForgeOptions = ForgerOptions & ForgeLimits & { target: number }

/**
 * Looks for two witnesses with equal inputs that differ in a wire. What it returns was checked against every constraint;
 * undefined says that nothing was found, not that there is nothing. Throws ABORTED if `signal` fires, INPUT_INVALID for a
 * target that does not exist or a witness that is none.
 */
export function forge({ target, ...options }: ForgeOptions): Promise<Forgery | undefined> {
  return new Forger(options).forge(target, options)
}

/** Constraints of one wire in which factors that may vanish are looked for. */
const MOST_ROWS = 32

/** Other witnesses that are kept for later targets. */
const MOST_FOUND = 256

/** A witness to begin with, and the solver that changes it. */
interface Base {
  readonly witness: readonly bigint[]
  readonly solver: Solver
}

/** Forges several targets of one system: what was found for one may answer for another. */
export class Forger {
  readonly #options: ForgerOptions
  readonly #random: Random
  readonly #fixed: Uint8Array
  readonly #bases: Base[] = []
  readonly #inputs: Generator<bigint[], void>
  /** Changes to a base that gave another witness. */
  readonly #found: { witness: readonly bigint[]; changes: ReadonlyMap<number, bigint> }[] = []
  #began = false

  constructor(options: ForgerOptions) {
    const { r1cs, proven, witness } = options
    this.#options = options
    this.#random = new Random(options.seed ?? 1n)
    this.#fixed = proven.slice()
    const { from, to } = inputWires(r1cs)
    this.#fixed.fill(1, from, to)
    this.#fixed[0] = 1
    const sample = witness?.slice(from, to)
    this.#inputs = specialInputs(to - from, sample, this.#random)
    if (witness !== undefined && !this.#addBase(witness)) {
      throw new ZkclearError(
        'INPUT_INVALID',
        'the given witness breaks a constraint; forging begins with an honest one',
      )
    }
  }

  /** See `forge`. */
  async forge(target: number, limits: ForgeLimits): Promise<Forgery | undefined> {
    const { r1cs } = this.#options
    if (!(Number.isInteger(target) && target > 0 && target < r1cs.nWires)) {
      throw new ZkclearError('INPUT_INVALID', `wire ${target} does not exist; wires are 1 to ${r1cs.nWires - 1}`)
    }
    if (this.#fixed[target]) return undefined
    const earlier = this.#found.find(({ changes }) => changes.has(target))
    if (earlier) return this.#forgery(target, earlier.witness, earlier.changes)
    const search = this.#search(target)
    const clock = new Clock(limits)
    for (let next = search.next(); !next.done; next = search.next()) {
      if (next.value) await next.value()
      if (!(await clock.goOn(() => ({ target, bases: this.#bases.length })))) return undefined
    }
    const hit = this.#found.findLast(({ changes }) => changes.has(target))
    return hit && this.#forgery(target, hit.witness, hit.changes)
  }

  /** Yields at every decision, so that the caller can stop it; or a task to wait for. Ends with a find or without hope. */
  *#search(target: number): Generator<Task | undefined, void> {
    for (let round = 0; ; round++) {
      const effort = effortOf(round)
      const seeds = neighbours(this.#options.r1cs, this.#fixed, target, effort.seeds)
      for (let at = 0; at < this.#bases.length; at++) {
        yield
        const base = this.#bases[at]!
        if (yield* this.#around(base, target, seeds, effort)) return
        if (at < 4 * (round + 1)) yield* this.#vanish(base, seeds, effort)
      }
      for (let fuzz = 0; fuzz < effort.inputs; fuzz++) {
        yield
        const before = this.#bases.length
        yield* this.#otherInputs(effort)
        for (const base of this.#bases.slice(before)) {
          if (yield* this.#around(base, target, seeds, effort)) return
        }
      }
    }
  }

  /** Makes one small change after the other and mends what that breaks. */
  *#around(base: Base, target: number, seeds: readonly number[], effort: Effort): Generator<undefined, boolean> {
    for (const start of this.#starts(base, seeds)) {
      yield
      if (start === undefined || !base.solver.start(start, effort)) continue
      if (yield* this.#mend(base, target, effort)) return true
    }
    return false
  }

  /** What to change first; undefined where there is only time to take. */
  *#starts(base: Base, seeds: readonly number[]): Generator<Assignment | undefined> {
    const { r1cs } = this.#options
    for (const row of this.#rowsOf(seeds)) {
      yield
      yield* otherSums(r1cs, row, base.witness, this.#fixed)
    }
    for (const seed of seeds) {
      for (const value of candidates(r1cs, base.witness, this.#fixed, seed, this.#random)) yield [[seed, value]]
    }
  }

  *#mend({ solver, ...base }: Base, target: number, effort: Effort): Generator<undefined, boolean> {
    for (let node = 0; node < effort.nodes; node++) {
      yield
      const state = solver.step()
      if (state === 'exhausted') break
      if (state === 'open') continue
      const changes = new Map(solver.changed().map((wire) => [wire, solver.values[wire]!]))
      if (this.#found.length < MOST_FOUND || changes.has(target)) this.#found.push({ witness: base.witness, changes })
      if (changes.has(target)) return true
      solver.reject()
    }
    return false
  }

  #rowsOf(seeds: readonly number[]): Set<number> {
    const index = rowIndex(this.#options.r1cs)
    return new Set(seeds.flatMap((wire) => [...rowsOf(index, wire).subarray(0, MOST_ROWS)]))
  }

  /** Looks for inputs at which something that a free wire is multiplied with becomes zero. */
  *#vanish(base: Base, seeds: readonly number[], effort: Effort): Generator<undefined> {
    const { r1cs } = this.#options
    const constant = new Uint8Array(r1cs.nWires)
    constant[0] = 1
    for (const row of this.#rowsOf(seeds)) {
      const { a, b } = reduceRow(r1cs, row, base.witness, constant)
      for (const [form, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const isFree = [...other.terms.keys()].some((wire) => !this.#fixed[wire])
        const value = evaluate(form, base.witness)
        if (isFree && form.terms.size > 0 && value !== 0n) yield* this.#makeZero(base, form, value, effort)
      }
    }
  }

  *#makeZero(base: Base, form: LinearForm, value: bigint, effort: Effort): Generator<undefined> {
    const { r1cs } = this.#options
    const { from, to } = inputWires(r1cs)
    const inputs = new Uint8Array(r1cs.nWires).fill(1, from, to)
    for (const [wire, coefficient] of form.terms) {
      const changed = (((base.witness[wire]! - divide(value, coefficient)) % FIELD) + FIELD) % FIELD
      const changes: Assignment = [...form.terms.keys()].map((one) => [
        one,
        one === wire ? changed : base.witness[one]!,
      ])
      for (const isFixed of [inputs, new Uint8Array(r1cs.nWires)]) {
        const fixed = isFixed.slice()
        for (const [one] of changes) fixed[one] = 0
        const solver = this.#solver(base.witness, fixed)
        if (yield* solve(solver, changes, effort)) {
          if (this.#addBase(solver.values)) return
        }
      }
    }
  }

  /** Adds a base with other inputs, if they have a witness. */
  *#otherInputs(effort: Effort): Generator<Task | undefined> {
    const next = this.#inputs.next()
    if (next.done && this.#began) return
    this.#began = true
    const inputs = next.value ?? []
    const { r1cs, calculate } = this.#options
    if (calculate) {
      yield async () => {
        const witness = await calculate(inputs)
        if (witness) this.#addBase(witness)
      }
      return
    }
    const { from } = inputWires(r1cs)
    const base = this.#bases[0]
    const values = base?.witness ?? [1n, ...new Array<bigint>(r1cs.nWires - 1).fill(0n)]
    const solver = this.#solver(values, new Uint8Array(r1cs.nWires))
    const changes = inputs.map((value, i) => [from + i, value] as const)
    if (yield* solve(solver, changes, effort, base === undefined)) this.#addBase(solver.values)
  }

  #addBase(witness: readonly bigint[]): boolean {
    const { r1cs } = this.#options
    if (findBrokenConstraints(r1cs, witness, { limit: 1 }).length > 0) return false
    const copy = witness.slice()
    this.#bases.push({ witness: copy, solver: this.#solver(copy, this.#fixed) })
    return true
  }

  #solver(base: readonly bigint[], fixed: Uint8Array): Solver {
    const { r1cs } = this.#options
    const { starts } = rowIndex(r1cs)
    const { from, to } = inputWires(r1cs)
    const bounds = upperBounds(r1cs)
    return new Solver({
      r1cs,
      base,
      fixed,
      order: (wires, isFactor) => {
        const rank = (wire: number) =>
          (wire >= from && wire < to ? 1e6 : 0) + (isFactor(wire) ? 1e3 : 0) + (starts[wire + 1]! - starts[wire]!)
        return [...wires]
          .map((wire) => ({ wire, rank: rank(wire) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ wire }) => wire)
      },
      specials: (wire) => {
        const bound = bounds.get(wire)
        if (bound !== undefined) return specialValues(base[wire]!, bound, this.#random)
        return [0n, 1n, anyElement(this.#random)]
      },
    })
  }

  #forgery(target: number, witness: readonly bigint[], changes: ReadonlyMap<number, bigint>): Forgery {
    const first = witness.slice()
    const second = witness.map((value, wire) => changes.get(wire) ?? value)
    const { r1cs } = this.#options
    const { from, to } = inputWires(r1cs)
    const isSound =
      first[target] !== second[target] &&
      first.every((value, wire) => wire < from || wire >= to || value === second[wire]) &&
      [first, second].every((witness) => findBrokenConstraints(r1cs, witness, { limit: 1 }).length === 0)
    if (!isSound) throw new Error('the forger accepted what is no forgery')
    return { first, second, target }
  }
}

type Task = () => Promise<void>

function* solve(solver: Solver, changes: Assignment, effort: Effort, all = false): Generator<undefined, boolean> {
  if (!solver.start(changes, { all, guesses: effort.guesses })) return false
  for (let node = 0; node < 4 * effort.nodes; node++) {
    yield
    const state = solver.step()
    if (state !== 'open') return state === 'solved'
  }
  return false
}

/** How much a round of the search spends: little at first, so that many inputs get their turn. */
interface Effort {
  /** Wires near the target that change first. */
  readonly seeds: number
  /** Decisions for one change. */
  readonly nodes: number
  /** New inputs. */
  readonly inputs: number
  readonly guesses: number
}

function effortOf(round: number): Effort {
  if (round === 0) return { seeds: 1, nodes: 40, inputs: 24, guesses: 0 }
  const scale = 4 ** Math.min(round - 1, 8)
  return { seeds: 12 * scale, nodes: 80 * scale, inputs: 8, guesses: Math.min(round - 1, 4) }
}

/** Says when to stop, and lets other work of the process go on meanwhile. */
class Clock {
  readonly #limits: ForgeLimits
  readonly #began = performance.now()
  #paused = performance.now()
  #steps = 0

  constructor(limits: ForgeLimits) {
    this.#limits = limits
  }

  /** False once a limit is reached; throws ABORTED. */
  async goOn(progress: () => Omit<ForgeProgress, 'steps'>): Promise<boolean> {
    const { budgetMilliseconds, steps, signal, onProgress } = this.#limits
    if (signal?.aborted) throw new ZkclearError('ABORTED', 'forging was aborted')
    if (++this.#steps > (steps ?? Number.POSITIVE_INFINITY)) return false
    const now = performance.now()
    if (now - this.#began > budgetMilliseconds) return false
    if (now - this.#paused > 20) {
      await setImmediate()
      this.#paused = performance.now()
      onProgress?.({ ...progress(), steps: this.#steps })
    }
    return true
  }
}

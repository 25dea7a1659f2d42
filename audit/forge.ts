import { findBrokenConstraints } from '../circom/constraint-check.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { Random } from '../protocol/random.ts'
import type { Assignment } from './alternatives.ts'
import type { Tick } from './clock.ts'
import { type DefinitionOrder, definitionOrder } from './definition-order.ts'
import { type Effort, effortOf, type ForgeLimits, type Pause, runWithin } from './forge-effort.ts'
import { inputWires } from './input-wires.ts'
import { otherSums } from './other-sums.ts'
import { createSolver, Rebaser } from './rebase.ts'
import { candidates, neighbours, seedsOf } from './search-order.ts'
import type { Solver } from './solve.ts'

export type { ForgeLimits, ForgeProgress } from './forge-effort.ts'

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
   * The circuit's own witness for inputs in wire order (public ones first), undefined if it has none; see `inputCalculator`.
   * Without it, witnesses of other inputs are looked for by solving, which suits small circuits.
   */
  calculate?: ((inputs: readonly bigint[]) => Promise<readonly bigint[] | undefined>) | undefined
  /** The same seed gives the same search. Default 1. */
  seed?: bigint | undefined
  /** Called by what takes long, also while this is made; throws `OutOfTime` to end it. */
  tick?: Tick | undefined
}

export type ForgeOptions = ForgerOptions & ForgeLimits & { target: number }

/**
 * Looks for two witnesses with equal inputs that differ in a wire. What it returns was checked against every constraint;
 * undefined says that nothing was found, not that there is nothing. Throws ABORTED if `signal` fires, INPUT_INVALID for a
 * target that does not exist or a witness that is none.
 */
export async function forge({ target, ...options }: ForgeOptions): Promise<Forgery | undefined> {
  return new Forger(options).forge(target, options)
}

/** A witness to begin with, and the solver that changes it. */
interface Base {
  readonly witness: readonly bigint[]
  readonly solver: Solver
}

/** Constraints of one wire that are looked at. */
const MOST_ROWS = 32
/** Other witnesses that are kept for later targets. */
const MOST_FOUND = 256
/** Values that all bases together may hold: some 400 MB. */
const MOST_VALUES = 4_000_000

/** Forges several targets of one system: what was found for one may answer for another. */
export class Forger {
  readonly #r1cs: R1cs
  readonly #tick: Tick | undefined
  readonly #random: Random
  readonly #fixed: Uint8Array
  readonly #order: DefinitionOrder
  readonly #rebaser: Rebaser
  readonly #bases: Base[] = []
  readonly #mostBases: number
  /** Changes to a base that gave another witness. */
  readonly #found: { witness: readonly bigint[]; changes: ReadonlyMap<number, bigint> }[] = []

  constructor(options: ForgerOptions) {
    const { r1cs, proven, witness, calculate, tick } = options
    this.#r1cs = r1cs
    this.#tick = tick
    this.#random = new Random(options.seed ?? 1n)
    this.#mostBases = Math.max(8, Math.min(400, Math.floor(MOST_VALUES / r1cs.nWires)))
    this.#fixed = proven.slice()
    const { from, to, mostTo } = inputWires(r1cs)
    this.#fixed.fill(1, from, mostTo)
    this.#fixed[0] = 1
    this.#order = definitionOrder(r1cs, this.#fixed, tick)
    this.#rebaser = new Rebaser({ r1cs, random: this.#random, sample: witness?.slice(from, to), calculate, tick })
    if (witness !== undefined && this.#addBase(witness) === undefined) {
      throw new ZkclearError(
        'INPUT_INVALID',
        'the given witness breaks a constraint; forging begins with an honest one',
      )
    }
  }

  /** See `forge`. */
  async forge(target: number, limits: ForgeLimits): Promise<Forgery | undefined> {
    if (!(Number.isInteger(target) && target > 0 && target < this.#r1cs.nWires)) {
      throw new ZkclearError('INPUT_INVALID', `wire ${target} does not exist; wires are 1 to ${this.#r1cs.nWires - 1}`)
    }
    if (this.#fixed[target]) return undefined
    const isHit = ({ changes }: { changes: ReadonlyMap<number, bigint> }) => changes.has(target)
    if (!this.#found.some(isHit)) await runWithin(this.#search(target), limits)
    const hit = this.#found.find(isHit)
    return hit && this.#forgery(target, hit.witness, hit.changes)
  }

  /** Ends with a find: rounds of growing effort over the bases so far, each followed by new bases. */
  *#search(target: number): Generator<Pause, void> {
    for (let round = 0; ; round++) {
      const effort = effortOf(round)
      const seeds = seedsOf(this.#r1cs, this.#fixed, this.#order, target, effort.seeds)
      for (const base of [...this.#bases]) {
        yield
        if (yield* this.#around(base, target, seeds, effort)) return
      }
      for (const witness of this.#newBases(target, seeds, effort)) {
        if (witness === undefined || typeof witness === 'function') {
          yield witness
          continue
        }
        const base = this.#addBase(witness)
        if (base && (yield* this.#around(base, target, seeds, effort))) return
      }
    }
  }

  /** Other witnesses, between pauses. */
  *#newBases(target: number, seeds: readonly number[], effort: Effort): Generator<Pause | readonly bigint[]> {
    const disturbed = neighbours(this.#r1cs, this.#fixed, target, 256)
    const isFree = (wire: number) => this.#fixed[wire] === 0
    for (const { witness } of this.#bases.slice(0, 4)) {
      yield* this.#rebaser.toggleFactors(witness, this.#rowsOf(seeds), isFree, effort)
    }
    for (let count = 0; count < effort.inputs; count++) {
      yield
      const near = this.#bases[0]?.witness
      yield yield* this.#rebaser.nextInputs(near, effort)
      if (near === undefined || count % 2 === 1) continue
      const { witness } = this.#random.pick(this.#bases)
      yield yield* this.#rebaser.disturb(witness, disturbed, effort)
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
  *#starts({ witness }: Base, seeds: readonly number[]): Generator<Assignment | undefined> {
    for (const row of this.#rowsOf(seeds)) {
      yield
      yield* otherSums(this.#r1cs, row, witness, this.#fixed)
    }
    for (const seed of seeds) {
      for (const value of candidates(this.#r1cs, witness, this.#fixed, seed, this.#random)) yield [[seed, value]]
    }
  }

  *#mend({ solver, witness }: Base, target: number, effort: Effort): Generator<undefined, boolean> {
    for (let node = 0; node < effort.nodes; node++) {
      yield
      const state = solver.step()
      if (state === 'exhausted') break
      if (state === 'open') continue
      const changes = new Map(solver.changed().map((wire) => [wire, solver.values[wire]!]))
      if (this.#found.length < MOST_FOUND || changes.has(target)) this.#found.push({ witness, changes })
      if (changes.has(target)) return true
      solver.reject()
    }
    return false
  }

  #rowsOf(seeds: readonly number[]): Set<number> {
    const index = rowIndex(this.#r1cs)
    return new Set(seeds.flatMap((wire) => [...rowsOf(index, wire).subarray(0, MOST_ROWS)]))
  }

  /** Undefined if the witness breaks a constraint. */
  #addBase(witness: readonly bigint[]): Base | undefined {
    if (findBrokenConstraints(this.#r1cs, witness, { limit: 1 }).length > 0) return undefined
    const copy = witness.slice()
    const base = { witness: copy, solver: this.#solver(copy) }
    // The first one stays: it may be the one that the caller gave.
    if (this.#bases.length >= this.#mostBases) this.#bases.splice(1, 1)
    this.#bases.push(base)
    return base
  }

  #solver(base: readonly bigint[]): Solver {
    return createSolver({
      ...{ r1cs: this.#r1cs, base, fixed: this.#fixed, order: this.#order, random: this.#random, tick: this.#tick },
    })
  }

  #forgery(target: number, witness: readonly bigint[], changes: ReadonlyMap<number, bigint>): Forgery {
    const first = witness.slice()
    const second = witness.map((value, wire) => changes.get(wire) ?? value)
    const { from, mostTo } = inputWires(this.#r1cs)
    const isSound =
      first[target] !== second[target] &&
      first.every((value, wire) => wire < from || wire >= mostTo || value === second[wire]) &&
      [first, second].every((values) => findBrokenConstraints(this.#r1cs, values, { limit: 1 }).length === 0)
    if (!isSound) throw new Error('the forger accepted what is no forgery')
    return { first, second, target }
  }
}

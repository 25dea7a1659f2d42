import { findBrokenConstraints } from '../circom/constraint-check.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import type { Random } from '../protocol/random.ts'
import type { Assignment } from './alternatives.ts'
import { upperBounds } from './bounds.ts'
import type { Tick } from './clock.ts'
import type { DefinitionOrder } from './definition-order.ts'
import type { RangeOf } from './digit-systems.ts'
import type { Effort, Pause } from './forge-effort.ts'
import { type JointOptions, otherSolutions } from './joint/jointly.ts'
import { otherSums } from './other-sums.ts'
import { createSolver } from './rebase.ts'
import { Recomputation } from './recompute.ts'
import { candidates, wireOrder } from './search-order.ts'
import type { Solver } from './solve.ts'

export interface BasesOptions {
  readonly r1cs: R1cs
  /** 1 for each wire that never changes. */
  readonly fixed: Uint8Array
  readonly order: DefinitionOrder
  readonly rangeOf: RangeOf
  readonly random: Random
  readonly tick: Tick
}

/** A witness to begin with, and the solver that changes it. */
export interface Base {
  readonly witness: readonly bigint[]
  readonly solver: Solver
  /** Changes that are computed, as far as they were not tried yet. */
  readonly computed: Generator<Assignment | undefined>
}

/** Changes to a base that gave another witness. */
export interface Find {
  readonly witness: readonly bigint[]
  readonly changes: ReadonlyMap<number, bigint>
}

/** Whether changes are such that a search may end. */
export type IsHit = (changes: Find['changes']) => boolean

/** Constraints of one wire that are looked at. */
const MOST_ROWS = 32
/** Other witnesses that are kept for later targets. */
const MOST_FOUND = 256
/** Values that all bases together may hold: some 400 MB. */
const MOST_VALUES = 4_000_000

/** Witnesses of a system, around each of which others with equal inputs are looked for. */
export class Bases {
  readonly #options: BasesOptions
  readonly #joint: Omit<JointOptions, 'values'>
  readonly #recomputation: Recomputation
  readonly #bases: Base[] = []
  readonly #most: number
  readonly #found: Find[] = []
  #finds = 0

  constructor(options: BasesOptions) {
    const { r1cs, fixed, order, tick } = options
    this.#options = options
    this.#joint = { r1cs, bounds: upperBounds(r1cs), committed: fixed, order: wireOrder(r1cs, order), tick }
    this.#recomputation = new Recomputation(options)
    this.#most = Math.max(8, Math.min(400, Math.floor(MOST_VALUES / r1cs.nWires)))
  }

  get all(): readonly Base[] {
    return this.#bases
  }

  /** What was found around any of them. */
  find(isHit: IsHit): Find | undefined {
    return this.#found.find(({ changes }) => isHit(changes))
  }

  /** Undefined if the witness breaks a constraint. */
  add(witness: readonly bigint[]): Base | undefined {
    const { r1cs, tick } = this.#options
    tick(r1cs.nConstraints)
    if (findBrokenConstraints(r1cs, witness, { limit: 1 }).length > 0) return undefined
    const copy = witness.slice()
    const solver = createSolver({ ...this.#options, base: copy })
    const base = { witness: copy, solver, computed: this.#recomputation.around(copy) }
    // The first one stays: it may be the one that the caller gave.
    if (this.#bases.length >= this.#most) this.#bases.splice(1, 1)
    this.#bases.push(base)
    return base
  }

  /** Searches around a new base, if it is one. */
  *from(
    witness: Pause | readonly bigint[],
    isHit: IsHit,
    seeds: readonly number[],
    effort: Effort,
  ): Generator<Pause, Find | undefined> {
    if (witness === undefined || typeof witness === 'function') {
      yield witness
      return undefined
    }
    const base = this.add(witness)
    return base && (yield* this.around(base, isHit, seeds, effort))
  }

  /** Makes one small change after the other and mends what that breaks. */
  *around(base: Base, isHit: IsHit, seeds: readonly number[], effort: Effort): Generator<undefined, Find | undefined> {
    for (const start of this.#starts(base, seeds)) {
      yield
      if (start === undefined || !base.solver.start(start, effort)) continue
      const find = yield* this.#mend(base, isHit, effort)
      if (find !== undefined) return find
    }
    return undefined
  }

  /** What to change first; undefined where there is only time to take. */
  *#starts({ witness, computed }: Base, seeds: readonly number[]): Generator<Assignment | undefined> {
    const { r1cs, fixed, random } = this.#options
    // Not with `yield*`, which ends the generator where the search ends.
    for (let next = computed.next(); !next.done; next = computed.next()) yield next.value
    for (const row of rowsAround(r1cs, seeds)) {
      yield
      yield* otherSums(r1cs, row, witness, fixed)
      yield* otherSolutions({ ...this.#joint, values: witness }, row)
    }
    for (const seed of seeds) {
      for (const value of candidates(r1cs, witness, fixed, seed, random)) yield [[seed, value]]
    }
  }

  *#mend({ solver, witness }: Base, isHit: IsHit, effort: Effort): Generator<undefined, Find | undefined> {
    for (let node = 0; node < effort.nodes; node++) {
      yield
      const state = solver.step()
      if (state === 'exhausted') break
      if (state === 'open') continue
      const changes = new Map(solver.changed().map((wire) => [wire, solver.values[wire]!]))
      // The latest ones are kept.
      const find = { witness, changes }
      this.#found[this.#finds++ % MOST_FOUND] = find
      if (isHit(changes)) return find
      solver.reject()
    }
    return undefined
  }
}

/** The constraints of some wires, of each the first ones. */
export function rowsAround(r1cs: R1cs, wires: readonly number[]): Set<number> {
  const index = rowIndex(r1cs)
  return new Set(wires.flatMap((wire) => [...rowsOf(index, wire).subarray(0, MOST_ROWS)]))
}

/** The other witness of a find. */
export function changed({ witness, changes }: Find): bigint[] {
  return witness.map((value, wire) => changes.get(wire) ?? value)
}

import { asLinear, reduceRow } from '../circom/linear-form.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import { FIELD } from '../protocol/numbers.ts'
import { type AlternativesContext, type Assignment, alternatives } from './alternatives.ts'
import { upperBounds } from './bounds.ts'
import type { Tick } from './clock.ts'
import { quadraticRoots } from './field.ts'
import { clusterOfRow, jointly } from './joint/jointly.ts'
import { linearRest, solveRest, substituteRow } from './linear-rest.ts'

export interface SolverOptions {
  r1cs: R1cs
  /** Where the search begins; entry 0 is 1. Needs to satisfy the constraints unless `start` is told to look at all. */
  base: readonly bigint[]
  /** 1 for each wire that keeps its value of `base`. Wire 0 always does. */
  fixed: Uint8Array
  /** Orders the wires of a stuck constraint; see `AlternativesContext`. */
  order: AlternativesContext['order']
  specials: AlternativesContext['specials']
  /** Called for every row that is looked at. */
  tick?: Tick | undefined
}

interface ChoicePoint {
  committed: number
  activated: number
  alternatives: Iterator<Assignment>
}

const NOT_ACTIVE = -1
/** Rows that are passed over in the time in which one is looked at. */
const ROWS_PASSED = 64
const [UNCHECKED, HOLDS, BROKEN] = [0, 1, 2]

/**
 * Looks for a witness near a given one: some wires change, then constraints that this breaks are mended by changing further
 * wires, with backtracking. A wire is committed once it has a value that stays for this branch; all others keep what the
 * base gives them until a constraint says otherwise. Only constraints that mention a changed wire are ever looked at.
 */
export class Solver {
  /** The assignment as it stands: a witness once `step` says 'solved'. */
  readonly values: bigint[]
  readonly #options: SolverOptions
  readonly #index
  readonly #context: Omit<AlternativesContext, 'guesses'>
  #guesses = 0
  readonly #committed: Uint8Array
  readonly #trail: number[] = []
  /** Wires without a commitment of each active row; NOT_ACTIVE for rows that mention no changed wire. */
  readonly #unknowns: Int32Array
  readonly #active: number[] = []
  readonly #checked: Uint8Array
  readonly #queue: number[] = []
  readonly #choices: ChoicePoint[] = []
  /** False if the values at hand contradict each other, so that the next step takes another branch. */
  #isConsistent = false

  constructor(options: SolverOptions) {
    const { r1cs, base, fixed } = options
    this.#options = options
    this.#index = rowIndex(r1cs)
    this.values = base.slice()
    this.#committed = fixed.slice()
    this.#committed[0] = 1
    this.#unknowns = new Int32Array(r1cs.nConstraints).fill(NOT_ACTIVE)
    this.#checked = new Uint8Array(r1cs.nConstraints)
    this.#context = {
      bounds: upperBounds(r1cs),
      values: this.values,
      order: options.order,
      specials: options.specials,
      tick: options.tick,
    }
  }

  /** Wires that have another value than in the base. */
  changed(): number[] {
    return this.#trail.filter((wire) => this.values[wire] !== this.#options.base[wire])
  }

  /**
   * Forgets everything and begins with the given changes; `all`: look at every constraint, because the base is no witness;
   * `guesses`: wires of a stuck constraint that may get values which no equation asks for, default 0.
   * False if the changes contradict each other or what is fixed.
   */
  start(changes: Assignment, { all = false, guesses = 0 } = {}): boolean {
    this.#guesses = guesses
    this.#choices.length = 0
    this.#undo(0, 0)
    if (all) for (let row = 0; row < this.#options.r1cs.nConstraints; row++) this.#activate(row)
    this.#isConsistent = this.#assign(changes) && this.#propagate()
    return this.#isConsistent
  }

  /**
   * Tries one value, or makes one decision: 'solved' if no constraint is broken (`reject` looks for another solution),
   * 'open' if there is more to do, 'exhausted' if this search has no branch left.
   */
  step(): 'solved' | 'open' | 'exhausted' {
    if (this.#isConsistent) {
      const row = this.#mostUrgent()
      if (row === undefined) return 'solved'
      this.#choices.push({
        committed: this.#trail.length,
        activated: this.#active.length,
        alternatives: this.#alternatives(row),
      })
    }
    const choice = this.#choices.at(-1)
    if (choice === undefined) return 'exhausted'
    this.#undo(choice.committed, choice.activated)
    const next = choice.alternatives.next()
    this.#isConsistent = !next.done && this.#assign(next.value) && this.#propagate()
    if (next.done) this.#choices.pop()
    return 'open'
  }

  *#alternatives(row: number): Generator<Assignment> {
    const { r1cs } = this.#options
    const reduced = reduceRow(r1cs, row, this.values, this.#committed)
    const context = { ...this.#context, guesses: this.#guesses }
    const rest = linearRest({ r1cs, ...context, committed: this.#committed }, row)
    if (rest === 'contradiction') return
    const joint = { r1cs, ...context, committed: this.#committed }
    const cluster = clusterOfRow(joint, row)
    // All solutions of a closed cluster: nothing else mends the row.
    if (cluster?.isClosed && (yield* jointly(joint, cluster))) return
    if (asLinear(reduced)) {
      if (rest.size > 1) yield solveRest(rest, this.values)
    } else {
      const substituted = substituteRow(reduced, rest)
      if (substituted !== reduced) yield* alternatives(substituted, { ...context, guesses: 0 })
    }
    if (cluster && !cluster.isClosed) yield* jointly(joint, cluster)
    yield* alternatives(reduced, context)
  }

  /** Goes on from a solution that the caller cannot use. */
  reject(): void {
    this.#isConsistent = false
  }

  #assign(changes: Assignment): boolean {
    for (const [wire, value] of changes) {
      if (this.#committed[wire]) {
        if (this.values[wire] !== value) return false
      } else this.#commit(wire, value)
    }
    return true
  }

  #commit(wire: number, value: bigint): void {
    this.#trail.push(wire)
    this.#committed[wire] = 1
    const isChange = this.values[wire] !== value
    this.values[wire] = value
    for (const row of rowsOf(this.#index, wire)) {
      if (this.#unknowns[row] !== NOT_ACTIVE) {
        const left = --this.#unknowns[row]!
        if (isChange) this.#checked[row] = UNCHECKED
        if (left <= 1) this.#queue.push(row)
      } else if (isChange) this.#activate(row)
    }
  }

  #activate(row: number): void {
    this.#options.tick?.()
    const { offsets, wires } = this.#options.r1cs
    const unknown: number[] = []
    const from = offsets[3 * row]!
    const to = offsets[3 * row + 3]!
    for (let term = from; term < to; term++) if (!this.#committed[wires[term]!]) unknown.push(wires[term]!)
    const count = unknown.length < 2 ? unknown.length : new Set(unknown).size
    this.#unknowns[row] = count
    this.#checked[row] = UNCHECKED
    this.#active.push(row)
    if (count <= 1) this.#queue.push(row)
  }

  #undo(committed: number, activated: number): void {
    this.#queue.length = 0
    while (this.#active.length > activated) this.#unknowns[this.#active.pop()!] = NOT_ACTIVE
    while (this.#trail.length > committed) {
      const wire = this.#trail.pop()!
      this.#committed[wire] = 0
      this.values[wire] = this.#options.base[wire]!
      for (const row of rowsOf(this.#index, wire)) {
        if (this.#unknowns[row] === NOT_ACTIVE) continue
        this.#unknowns[row]!++
        this.#checked[row] = UNCHECKED
      }
    }
  }

  /** Draws every conclusion that has no alternative. False for a contradiction. */
  #propagate(): boolean {
    for (let row = this.#queue.pop(); row !== undefined; row = this.#queue.pop()) {
      this.#options.tick?.()
      if (this.#unknowns[row] === 0) {
        if (!this.#holds(row)) return false
        continue
      }
      const { wire, roots } = this.#solveFor(row)
      if (roots === 'every') continue
      if (roots.length === 0) return false
      if (roots.length === 1) this.#commit(wire, roots[0]!)
    }
    return true
  }

  /** The values that the only unknown wire of a row may have. */
  #solveFor(row: number): { wire: number; roots: bigint[] | 'every' } {
    const { offsets, wires, coefficients, coefficientOf } = this.#options.r1cs
    const starts = [0n, 0n, 0n]
    const slopes = [0n, 0n, 0n]
    let unknown = 0
    for (let part = 0; part < 3; part++) {
      for (let term = offsets[3 * row + part]!; term < offsets[3 * row + part + 1]!; term++) {
        const wire = wires[term]!
        const coefficient = coefficients[coefficientOf[term]!]!
        if (this.#committed[wire]) starts[part]! += coefficient * this.values[wire]!
        else {
          unknown = wire
          slopes[part]! += coefficient
        }
      }
    }
    const [a, b, c] = starts as [bigint, bigint, bigint]
    const [da, db, dc] = slopes as [bigint, bigint, bigint]
    return { wire: unknown, roots: quadraticRoots(da * db, a * db + da * b - dc, a * b - c, this.#options.tick) }
  }

  #holds(row: number): boolean {
    const known = this.#checked[row]
    if (known !== UNCHECKED) return known === HOLDS
    this.#options.tick?.()
    const { offsets, wires, coefficients, coefficientOf } = this.#options.r1cs
    const sums = [0n, 0n, 0n]
    for (let part = 0; part < 3; part++) {
      for (let term = offsets[3 * row + part]!; term < offsets[3 * row + part + 1]!; term++) {
        sums[part]! += coefficients[coefficientOf[term]!]! * this.values[wires[term]!]!
      }
    }
    const holds = (sums[0]! * sums[1]! - sums[2]!) % FIELD === 0n
    this.#checked[row] = holds ? HOLDS : BROKEN
    return holds
  }

  /** The broken row with the fewest unknown wires. */
  #mostUrgent(): number | undefined {
    let best: number | undefined
    let fewest = Number.POSITIVE_INFINITY
    this.#options.tick?.(Math.ceil(this.#active.length / ROWS_PASSED))
    for (const row of this.#active) {
      const unknowns = this.#unknowns[row]!
      if (unknowns === 0 || unknowns >= fewest || this.#holds(row)) continue
      best = row
      fewest = unknowns
    }
    return best
  }
}

import { findBrokenConstraints, satisfies } from '../../circom/constraint-check.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { type RowIndex, rowIndex, rowsOf } from '../../circom/row-index.ts'
import type { Program, Step } from './program.ts'
import { StepQueue } from './step-queue.ts'

/** Values by wire that are not those of a witness. */
export type Changes = ReadonlyMap<number, bigint>

/** Values of all signals, and the constraints that they break, in order. */
export interface Assignment {
  readonly values: readonly bigint[]
  readonly broken: readonly number[]
}

/** How to follow up a lie. */
export interface FollowOptions {
  readonly altered?: ReadonlyMap<number, Step>
  readonly allowed?: ReadonlySet<number>
}

/** Computes what follows when some signals of an honest witness take other values. */
export class LyingProver {
  readonly program: Program
  readonly #r1cs: R1cs
  readonly #index: RowIndex
  readonly #queue: StepQueue

  constructor(r1cs: R1cs, program: Program) {
    this.#r1cs = r1cs
    this.program = program
    this.#index = rowIndex(r1cs)
    this.#queue = new StepQueue(program.steps.length)
  }

  /** The witness that follows from inputs, by wire, hints adapted; nothing is checked. */
  witness(inputs: Changes): bigint[] {
    return this.#compute(inputs, new Set())
  }

  /** The same with the inputs as they are given. */
  plainWitness(inputs: Changes): bigint[] {
    return this.#compute(inputs, this.program.inputs)
  }

  /** What follows from inputs, hints adapted. */
  adapt(inputs: Changes): Assignment {
    return this.#assigned(this.witness(inputs))
  }

  /** What follows from inputs as they are given. */
  assign(inputs: Changes): Assignment {
    return this.#assigned(this.plainWitness(inputs))
  }

  /** What follows from another assignment when some signals are told to have other values. */
  advance({ values, broken }: Assignment, told: Changes): Assignment {
    const changed = this.follow(values, told)!
    if (changed.size === 0) return { values, broken }
    const next = values.slice()
    for (const [wire, to] of changed) next[wire] = to
    const value = (wire: number) => next[wire]!
    const stillBroken = broken.filter((row) => !this.holds(row, value))
    const all = new Set([...stillBroken, ...this.#brokenAmong(changed.keys(), value)])
    return { values: next, broken: [...all].sort((a, b) => a - b) }
  }

  #assigned(values: readonly bigint[]): Assignment {
    return { values, broken: findBrokenConstraints(this.#r1cs, values, { limit: Infinity }) }
  }

  #compute(inputs: Changes, kept: ReadonlySet<number>): bigint[] {
    const values = new Array<bigint>(this.#r1cs.nWires).fill(0n)
    values[0] = 1n
    for (const [wire, value] of inputs) values[wire] = value
    const value = (wire: number) => values[wire]!
    for (const { to, compute } of this.program.steps) {
      const made = compute(value)
      for (const [i, wire] of to.entries()) if (!kept.has(wire)) values[wire] = made[i]!
    }
    return values
  }

  /**
   * The values that change when `told` have theirs, whatever follows from others, and the rest is computed from them; some
   * steps may be `altered`. With `allowed` gives up, and returns undefined, once another constraint than those is broken.
   */
  follow(honest: readonly bigint[], told: Changes, options: FollowOptions = {}): Changes | undefined {
    const { steps, readers, checks } = this.program
    const { altered, allowed } = options
    const values = honest.slice()
    const changed = new Set<number>()
    const queue = this.#queue
    const value = (wire: number) => values[wire]!
    const set = (wire: number, to: bigint) => {
      if (values[wire] === to) return
      values[wire] = to
      changed.add(wire)
      for (const reader of readers[wire]!) queue.push(reader)
    }
    for (const [wire, to] of told) set(wire, to)
    for (const step of altered?.keys() ?? []) queue.push(step)
    for (let step = queue.pop(); step !== undefined; step = queue.pop()) {
      const { to, compute } = altered?.get(step) ?? steps[step]!
      const made = compute(value)
      for (let i = 0; i < to.length; i++) if (!told.has(to[i]!)) set(to[i]!, made[i]!)
      if (allowed === undefined) continue
      const broken = checks.get(step)?.find((row) => !allowed.has(row) && !this.holds(row, value))
      if (broken === undefined) continue
      queue.clear()
      return undefined
    }
    return new Map([...changed].map((wire) => [wire, values[wire]!]))
  }

  /** Whether a lie breaks some of these constraints, and no others. */
  breaksOnly(honest: readonly bigint[], told: Changes, rows: ReadonlySet<number>): boolean {
    const changed = this.follow(honest, told, { allowed: rows })
    if (changed === undefined) return false
    const broken = this.broken(honest, changed, (row) => !rows.has(row))
    return broken.length > 0 && broken.every((row) => rows.has(row))
  }

  /** The constraints that an honest witness breaks once some values are others; looks no further where `stop` says so. */
  broken(honest: readonly bigint[], changed: Changes, stop?: (row: number) => boolean): number[] {
    return this.#brokenAmong(changed.keys(), (wire) => changed.get(wire) ?? honest[wire]!, stop)
  }

  /** The constraints on some wires that values break. */
  #brokenAmong(
    wires: Iterable<number>,
    value: (wire: number) => bigint,
    stop: (row: number) => boolean = () => false,
  ): number[] {
    const rows = new Set<number>()
    const broken: number[] = []
    for (const wire of wires) {
      for (const row of rowsOf(this.#index, wire)) {
        if (rows.has(row)) continue
        rows.add(row)
        if (this.holds(row, value)) continue
        broken.push(row)
        if (stop(row)) return broken
      }
    }
    return broken
  }

  /** Whether values satisfy a constraint. */
  holds(row: number, value: (wire: number) => bigint): boolean {
    return satisfies(this.#r1cs, row, value)
  }
}

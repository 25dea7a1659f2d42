import { invert, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { type NamedSystem, wireOf } from '../../circuits/named-system.ts'
import { connectedPart } from './connected-part.ts'
import { type Arithmetic, emitProgram, type PickTable } from './emit.ts'
import { planSolutions } from './plan.ts'

/** Finds every solution of a constraint system over the field, for given values of some of its signals. */
export interface Solver {
  /** The signals whose values are given, in the order of `values`. */
  readonly known: readonly string[]
  /** The signals that `visit` is shown, in order. */
  readonly read: readonly string[]
  /** Signals that all solutions leave free; solutions that differ in them alone are counted once. */
  readonly free: readonly string[]
  /** The inverses of tests for zero: free where the number is 0. Likewise; if read, one of their values is shown. */
  readonly dangling: readonly string[]
  /**
   * Calls `visit` with the read signals of every solution and returns the number of solutions. Numbers are integers that
   * stand for field elements: -1 for r - 1. Values beyond +-bound throw. The array is reused.
   */
  solve(values: readonly number[], visit?: (read: readonly number[]) => void): number
  /** The same over all field elements, slower; values are canonical, and so is what is read. */
  solveExactly(values: readonly bigint[], visit?: (read: readonly bigint[]) => void): number
}

export interface SolverOptions {
  readonly known: readonly string[]
  readonly read: readonly string[]
  /** Largest absolute value given to `solve`. Default 2^10. */
  readonly bound?: number
}

type Run<T> = (values: readonly T[], visit: (read: readonly T[]) => void) => number

/**
 * The solver of the part of a system that has to do with these signals of the main component, named without `main.`.
 * Other parts, which share no signal with it, are left aside.
 */
export function solverOf(system: NamedSystem, options: SolverOptions): Solver {
  const { bound = 1024 } = options
  const nameOf = (wire: number) => system.symbols.names(wire)[0] ?? `wire ${wire}`
  const known = options.known.map((name) => wireOf(system, name))
  const read = options.read.map((name) => wireOf(system, name))
  if (new Set(known).size < known.length) throw new Error('two known signals are one wire')
  const part = connectedPart(system.r1cs, [...known, ...read])
  const plan = planSolutions(part, known)
  const loose = read.findIndex((wire) => plan.free.includes(wire))
  if (loose >= 0) throw new Error(`no constraint determines ${options.read[loose]}`)

  const build = <T>(arithmetic: Arithmetic): Run<T> => {
    const { source, tables } = emitProgram(part, plan, { known, read, arithmetic, bound: BigInt(bound) })
    const program = new Function('x', 'out', 'visit', 'tables', 'M', 'inverse', source) as Body<T>
    const out: T[] = new Array(read.length).fill(arithmetic === 'small' ? 0 : 0n)
    return (values, visit) => {
      if (values.length !== known.length) throw new Error(`${values.length} values for ${known.length} signals`)
      return program(values, out, visit, tables, reduce, invert)
    }
  }
  let small: Run<number> | undefined
  let field: Run<bigint> | undefined
  return {
    known: options.known,
    read: options.read,
    free: plan.free.map(nameOf),
    dangling: plan.dangling.map(nameOf),
    solve(values, visit = ignore) {
      for (const value of values)
        if (!(value >= -bound && value <= bound)) throw new Error(`${value} is beyond ${bound}`)
      small ??= build<number>('small')
      return small(values, visit)
    },
    solveExactly(values, visit = ignore) {
      for (const value of values) if (value < 0n || value >= FIELD) throw new Error('not canonical')
      field ??= build<bigint>('field')
      return field(values, visit)
    },
  }
}

type Body<T> = (
  x: readonly T[],
  out: T[],
  visit: (read: readonly T[]) => void,
  tables: readonly PickTable[],
  reduce: (x: bigint) => bigint,
  invert: (x: bigint) => bigint,
) => number

function ignore(): void {}

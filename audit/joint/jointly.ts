import { type Constraint, reduceRow } from '../../circom/linear-form.ts'
import type { Assignment } from '../alternatives.ts'
import { type Cluster, type ClusterOptions, clusterAround } from './cluster.ts'
import { polynomialOf } from './polynomial.ts'
import { solveSystem } from './solve-system.ts'

export interface JointOptions extends ClusterOptions {
  /** Orders wires: those that may change come first, those that rather keep their value last. */
  order(wires: Iterable<number>): number[]
  /** Values for a wire that is held because there are too few equations, beside the one that it has. Default: none. */
  specials?: ((wire: number) => Iterable<bigint>) | undefined
}

/** Values that a held wire is given. */
const MOST_HELD = 3

/** The equations around one row, itself included. */
export function clusterOfRow(options: JointOptions, row: number): Cluster | undefined {
  const { r1cs, values, committed } = options
  return clusterAround(options, [reduceRow(r1cs, row, values, committed)], [row])
}

/** The equations around some that no row states. */
export function clusterOfEquations(options: JointOptions, equations: readonly Constraint[]): Cluster | undefined {
  return clusterAround(options, equations, [])
}

/**
 * Values of all wires of a cluster that satisfy its equations. Returns true if there are no others, so that whatever else is
 * tried would break one of them.
 */
export function* jointly(options: JointOptions, { equations, wires }: Cluster): Generator<Assignment, boolean> {
  const ordered = options.order(wires)
  const place = new Map(ordered.map((wire, at) => [wire, at]))
  const solving = solveSystem({
    equations: equations.map((equation) => polynomialOf(equation, place)),
    unknowns: [...ordered.keys()],
    held: (unknown) => heldValues(options, ordered[unknown]!),
    tick: options.tick,
  })
  for (;;) {
    const next = solving.next()
    if (next.done) return next.value
    const solution = next.value
    yield ordered.map((wire, at) => [wire, solution.get(at)!] as const)
  }
}

/** Other solutions of a closed cluster around a row than the values at hand. */
export function* otherSolutions(options: JointOptions, row: number): Generator<Assignment> {
  const cluster = clusterOfRow(options, row)
  if (!cluster?.isClosed) return
  for (const solution of jointly(options, cluster)) {
    if (solution.some(([wire, value]) => value !== options.values[wire])) yield solution
  }
}

function heldValues({ values, specials }: JointOptions, wire: number): Set<bigint> {
  return new Set([values[wire]!, ...(specials?.(wire) ?? [])].slice(0, MOST_HELD))
}

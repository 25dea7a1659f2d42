import { randomBytes } from 'node:crypto'
import { ZkclearError } from '../protocol/errors.ts'
import { invert, invertAll, reduce } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import { type Affine, addScaled, scale } from './affine.ts'
import { Elimination } from './elimination.ts'
import type { LinearForm } from './linear-form.ts'
import type { R1cs } from './r1cs.ts'
import { buildSystem, type Row, type System, wiresOf } from './system.ts'

export interface Equivalence {
  /** The two systems have the same solutions on the signals that the simplified one keeps. */
  readonly equivalent: boolean
  /** Constraints of the full system that follow from no one constraint of the simplified one. */
  readonly missing: readonly number[]
  /** Constraints of the simplified system that are none of the full one's. */
  readonly extra: readonly number[]
  /** Linear constraints of the full system that restrict signals which were kept, and are none of the simplified one's. */
  readonly restricting: readonly number[]
  /** Labels of signals that only the full system makes constant, or equal to another one that was kept. */
  readonly redundant: readonly number[]
  /** Labels of signals that are public in one system alone, or at another place: then its proofs say something else. */
  readonly moved: readonly number[]
}

/**
 * Checks that simplification (-O1, -O2) kept the meaning of a system: what is proved of the full one (-O0) then holds of the
 * simplified one's signals.
 *
 * Simplification substitutes signals by affine forms of others. So: signals that were kept get random values, the full
 * system's linear constraints give the others, and every constraint a * b - c becomes a polynomial in what was kept,
 * known by its values at two random points. Both systems must have the same polynomials, up to factors and repetition.
 * Two different ones agree in the ratio of their values with probability below 2^-200 (Schwartz, Zippel). What the linear
 * constraints themselves say of kept signals is compared in the same way. Systems that differ in more than this are taken
 * for different even if they are not. Throws INPUT_INVALID if a signal of one is not in the other, or has no label of its own.
 *
 * @example
 * const { equivalent } = checkEquivalence(await readR1cs('O0/circuit.r1cs'), await readR1cs('O2/circuit.r1cs'))
 */
export function checkEquivalence(full: R1cs, simplified: R1cs): Equivalence {
  requireDistinctLabels(full)
  requireDistinctLabels(simplified)
  const system = buildSystem(full)
  const { keptOf, redundant } = findKept(system, simplified)
  const points = [0, 1].map(() => {
    const values: Values = new Array(full.nWires)
    for (const wire of keptOf) values[wire] = BigInt(`0x${randomBytes(48).toString('hex')}`) % FIELD
    for (const [wire, value] of system.constants) values[wire] = value
    values[0] = 1n
    return values
  })
  const { rows, remainders } = solve(system, points)

  const products = rows.filter((row) => row.kind === 'product')
  const ofFull = namedByRatio([
    ...products.map((row) => [row.index, points.map((values) => rowValue(row, values))] as const),
    ...remainders,
  ])
  const atKept = points.map((values) => keptOf.map((wire) => values[wire]))
  const ofSimplified = namedByRatio(
    Array.from(
      { length: simplified.nConstraints },
      (_, index) => [index, atKept.map((values) => constraintValue(simplified, index, values))] as const,
    ),
  )
  const absent = [...ofFull].filter(([name]) => !ofSimplified.has(name)).map(([, index]) => index)
  const missing = absent.filter((index) => !remainders.has(index))
  const restricting = [...absent.filter((index) => remainders.has(index)), ...system.contradictions]
  const extra = [...ofSimplified].filter(([name]) => !ofFull.has(name)).map(([, index]) => index)
  const moved = movedPublicSignals(full, simplified)
  const equivalent = [missing, extra, restricting, redundant, moved].every((list) => list.length === 0)
  return { equivalent, missing, extra, restricting, redundant, moved }
}

/** Signals of the two systems are matched by their labels. */
function requireDistinctLabels({ labelOf, nWires }: R1cs): void {
  if (new Set(labelOf).size === nWires && labelOf[0] === 0) return
  const message = 'the labels of a .r1cs file do not tell its signals apart, so it can be compared with no other'
  throw new ZkclearError('INPUT_INVALID', message)
}

function movedPublicSignals(full: R1cs, simplified: R1cs): number[] {
  const placeIn = ({ nOutputs, nPublic, labelOf }: R1cs) =>
    new Map(Array.from({ length: nPublic }, (_, i) => [labelOf[i + 1]!, i < nOutputs ? -1 - i : i - nOutputs] as const))
  const [before, after] = [placeIn(full), placeIn(simplified)]
  return [...new Set([...before.keys(), ...after.keys()])].filter((label) => before.get(label) !== after.get(label))
}

/** The wire of the full system behind each of the simplified one's, and the labels of those that say nothing new. */
function findKept(system: System, simplified: R1cs): { keptOf: number[]; redundant: number[] } {
  const own = buildSystem(simplified)
  const wireOfLabel = new Map(Array.from(system.r1cs.labelOf, (label, wire) => [label, wire] as const))
  const keptOf: number[] = []
  const redundant: number[] = []
  /** For each wire of the full system that was kept: the first of the simplified one's that it stands behind. */
  const first = new Map<number, number>([[0, 0]])
  for (const [wire, label] of simplified.labelOf.entries()) {
    const behind = wireOfLabel.get(label)
    if (behind === undefined) throw new ZkclearError('INPUT_INVALID', `the full system has no signal of label ${label}`)
    const one = system.representative[behind]!
    keptOf.push(one)
    if (wire === 0) continue
    const [value, ownValue] = [system.constants.get(one), own.constants.get(own.representative[wire]!)]
    const other = first.get(one)
    if (
      value !== undefined
        ? value !== ownValue
        : other !== undefined && own.representative[other] !== own.representative[wire]
    )
      redundant.push(label)
    if (other === undefined) first.set(one, wire)
  }
  return { keptOf, redundant }
}

type Values = (bigint | undefined)[]

/** Values at the two points of what is left of linear constraints, by constraint: not 0 where they restrict what was kept. */
type Remainders = Map<number, readonly bigint[]>

/**
 * Gives values to all wires that the linear rows determine, at both points. A factor that comes out equal at both is a
 * constant, and makes its row a linear one. Returns the rows with those replaced, and what is left of the linear ones.
 */
function solve(system: System, points: readonly Values[]): { rows: readonly Row[]; remainders: Remainders } {
  const isKnown = (form: Affine) => form.wires.every((wire) => points[0]![wire] !== undefined)
  const constantOf = (form: Affine) => {
    if (!isKnown(form)) return undefined
    const [x, y] = points.map((values) => evaluate(form, values))
    return x === y ? x : undefined
  }
  const remainders: Remainders = new Map()
  let rows = system.rows
  for (let before = -1; before !== linearCount(rows); ) {
    before = linearCount(rows)
    solveLinear(system, rows, points, remainders)
    rows = rows.map((row): Row => {
      if (row.kind === 'linear' || wiresOf(row).every((wire) => points[0]![wire] !== undefined)) return row
      for (const [one, other] of [
        [row.a, row.b],
        [row.b, row.a],
      ] as const) {
        const value = constantOf(one)
        if (value === undefined) continue
        return { kind: 'linear', index: row.index, form: addScaled(scale(other, value), row.c, -1n) }
      }
      return row
    })
  }
  for (const row of rows) {
    if (row.kind !== 'linear' || !isKnown(row.form)) continue
    remainders.set(
      row.index,
      points.map((values) => evaluate(row.form, values)),
    )
  }
  return { rows, remainders }
}

function linearCount(rows: readonly Row[]): number {
  return rows.filter(({ kind }) => kind === 'linear').length
}

function solveLinear(system: System, rows: readonly Row[], points: readonly Values[], remainders: Remainders): void {
  const [first] = points as [Values]
  const unknown = (form: Affine) => form.wires.filter((wire) => first[wire] === undefined)
  const queue = rows.filter((row) => row.kind === 'linear')
  for (let row = queue.pop(); row !== undefined; row = queue.pop()) {
    const [wire, ...more] = unknown(row.form)
    if (wire === undefined || more.length > 0) continue
    const inverse = invert(row.form.coefficients[row.form.wires.indexOf(wire)]!)
    for (const values of points) {
      values[wire] = 0n
      values[wire] = reduce(-evaluate(row.form, values) * inverse)
    }
    for (const index of system.rowsOf(wire)) {
      const other = rows[index]!
      if (other.kind === 'linear') queue.push(other)
    }
  }
  const open = rows.filter((row) => row.kind === 'linear')
  solveRest(
    open.filter(({ form }) => unknown(form).length > 0),
    points,
    remainders,
  )
}

type LinearRow = Extract<Row, { kind: 'linear' }>

/** Gaussian elimination of what one row at a time does not give: at both points it has the same pivots. */
function solveRest(rows: readonly LinearRow[], points: readonly Values[], remainders: Remainders): void {
  const left = new Map<number, bigint[]>()
  for (const values of points) {
    const elimination = new Elimination()
    for (const { index, form } of rows) {
      const rest = elimination.reduce(openForm(form, values))
      const [pivot] = rest.terms.keys()
      if (pivot !== undefined) elimination.keep(rest, pivot)
      else left.set(index, [...(left.get(index) ?? []), rest.constant])
    }
    for (const [wire, value] of elimination.solve((wire) => values[wire])) values[wire] = value
  }
  for (const [index, constants] of left) remainders.set(index, constants)
}

/** A form with the values of all wires that have one put in. */
function openForm(form: Affine, values: Values): LinearForm {
  const terms = new Map<number, bigint>()
  let { constant } = form
  for (const [i, wire] of form.wires.entries()) {
    const value = values[wire]
    if (value === undefined) terms.set(wire, form.coefficients[i]!)
    else constant += form.coefficients[i]! * value
  }
  return { constant: reduce(constant), terms }
}

/** a * b - c; undefined if some wire has no value. */
function rowValue(row: Extract<Row, { kind: 'product' }>, values: Values): bigint | undefined {
  if (wiresOf(row).some((wire) => values[wire] === undefined)) return undefined
  return reduce(evaluate(row.a, values) * evaluate(row.b, values) - evaluate(row.c, values))
}

function evaluate(form: Affine, values: Values): bigint {
  return reduce(form.wires.reduce((sum, wire, i) => sum + form.coefficients[i]! * values[wire]!, form.constant))
}

function constraintValue(r1cs: R1cs, index: number, values: Values): bigint {
  const [a, b, c] = [0, 1, 2].map((part) => {
    let sum = 0n
    for (let term = r1cs.offsets[3 * index + part]!; term < r1cs.offsets[3 * index + part + 1]!; term++) {
      sum += r1cs.coefficients[r1cs.coefficientOf[term]!]! * values[r1cs.wires[term]!]!
    }
    return sum
  })
  return reduce(a! * b! - c!)
}

/**
 * Constraints by the ratio of their values at the two points, which names a polynomial up to a factor; none for 0. One whose
 * value is not known has a name that no ratio has.
 */
function namedByRatio(
  constraints: readonly (readonly [number, readonly (bigint | undefined)[]])[],
): Map<bigint, number> {
  const named = new Map<bigint, number>()
  const ratios: [index: number, x: bigint, y: bigint][] = []
  for (const [index, [x, y]] of constraints) {
    if (x === undefined || y === undefined) named.set(BigInt(-1 - index), index)
    else if (y !== 0n) ratios.push([index, x, y])
    else if (x !== 0n) named.set(FIELD, index)
  }
  const inverses = invertAll(ratios.map(([, , y]) => y))
  for (const [i, [index, x]] of ratios.entries()) named.set(reduce(x * inverses[i]!), index)
  return named
}

import { asLinear, type LinearForm, reduceRow } from '../circom/linear-form.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import { divide } from '../protocol/field.ts'
import { FIELD, fromField } from '../protocol/numbers.ts'
import { never, type Tick } from './clock.ts'

/** Upper bounds that every witness keeps: x in [0, bound], as integers below r. */
export type Bounds = ReadonlyMap<number, bigint>

/** Whether a wire may take many values: it can change alone, where bits change together. */
export function isLoose(bounds: Bounds, wire: number): boolean {
  return (bounds.get(wire) ?? 2n) > 1n
}

/** A bound above this helps no enumeration. */
const WIDEST = 1n << 128n

const known = new WeakMap<R1cs, Bounds>()

/**
 * Bounds by booleans (x * (x - 1) = 0), and of sums of bounded wires that cannot wrap: x = sum c_i y_i with c_i > 0.
 * Made at the first call for a system, in time proportional to its terms.
 */
export function upperBounds(r1cs: R1cs, tick: Tick = never): Bounds {
  let bounds = known.get(r1cs)
  if (bounds === undefined) {
    bounds = findBounds(r1cs, tick)
    known.set(r1cs, bounds)
  }
  return bounds
}

function findBounds(r1cs: R1cs, tick: Tick): Bounds {
  const bounds = new Map<number, bigint>()
  const onlyOne = new Uint8Array(r1cs.nWires)
  onlyOne[0] = 1
  const values = [1n]
  const linear: number[] = []
  const queue: number[] = []
  for (let row = 0; row < r1cs.nConstraints; row++) {
    tick()
    const [a, b, c, end] = [0, 1, 2, 3].map((part) => r1cs.offsets[3 * row + part]!) as [number, number, number, number]
    if (end === c && b - a <= 2 && c - b <= 2) {
      const reduced = reduceRow(r1cs, row, values, onlyOne)
      const wire = booleanWire(reduced.a, reduced.b)
      if (wire !== undefined) {
        bounds.set(wire, 1n)
        queue.push(wire)
      }
    } else if (a === b || b === c || (b - a === 1 && r1cs.wires[a] === 0) || (c - b === 1 && r1cs.wires[b] === 0)) {
      linear.push(row)
    }
  }
  const isLinear = new Uint8Array(r1cs.nConstraints)
  for (const row of linear) isLinear[row] = 1
  const missing = new Map<number, number>()
  const index = rowIndex(r1cs)
  for (let wire = queue.pop(); wire !== undefined; wire = queue.pop()) {
    for (const row of rowsOf(index, wire)) {
      tick()
      if (isLinear[row] === 0) continue
      const left = (missing.get(row) ?? wiresOf(r1cs, row)) - 1
      missing.set(row, left)
      if (left !== 1) continue
      const sum = boundOfSum(asLinear(reduceRow(r1cs, row, values, onlyOne))!, bounds)
      if (sum === undefined || bounds.has(sum.wire)) continue
      bounds.set(sum.wire, sum.bound)
      queue.push(sum.wire)
    }
  }
  return bounds
}

/** The one wire x of two forms that vanish at x = 0 and at x = 1. */
function booleanWire(a: LinearForm, b: LinearForm): number | undefined {
  if (a.terms.size !== 1 || b.terms.size !== 1) return undefined
  const [[wire, first]] = a.terms as unknown as [[number, bigint]]
  const second = b.terms.get(wire)
  if (second === undefined) return undefined
  const roots = [divide(-a.constant, first), divide(-b.constant, second)]
  return roots.includes(0n) && roots.includes(1n) ? wire : undefined
}

/** The one wire without a bound in a linear row, if the others make it a sum that cannot reach r. */
function boundOfSum({ constant, terms }: LinearForm, bounds: Bounds): { wire: number; bound: bigint } | undefined {
  const unbounded = [...terms].filter(([wire]) => !bounds.has(wire))
  if (unbounded.length !== 1) return undefined
  const [wire, own] = unbounded[0]!
  let bound = fromField(divide(-constant, own))
  if (bound < 0n) return undefined
  for (const [other, coefficient] of terms) {
    if (other === wire) continue
    const weight = fromField(divide(FIELD - coefficient, own))
    if (weight < 0n) return undefined
    bound += weight * bounds.get(other)!
    if (bound >= WIDEST) return undefined
  }
  return { wire, bound }
}

function wiresOf(r1cs: R1cs, row: number): number {
  const distinct = new Set(r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3]))
  distinct.delete(0)
  return distinct.size
}

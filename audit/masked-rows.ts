import { evaluate, type LinearForm, readConstraint } from '../circom/linear-form.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import type { Tick } from './clock.ts'
import { neighbours } from './search-order.ts'

export interface Change {
  readonly r1cs: R1cs
  readonly fixed: Uint8Array
  readonly first: readonly bigint[]
  readonly second: readonly bigint[]
  readonly tick: Tick
}

/** Rows that are looked at for one wire, wires that are known by their distance from the target, and rows that are given. */
const MOST_ROWS = 64
const MOST_NEAR = 4096
const MOST_MASKED = 24

/**
 * Constraints at which the difference of two witnesses ends because it is multiplied by 0, such as the level of a tree that a
 * depth leaves out; those nearest to a target first.
 */
export function maskedRows({ r1cs, fixed, first, second, tick }: Change, target: number): number[] {
  const near = neighbours(r1cs, fixed, target, MOST_NEAR)
  const distance = new Map(near.map((wire, at) => [wire, at]))
  const isChanged = (form: LinearForm) => evaluate(form, first) !== evaluate(form, second)
  const isZero = (form: LinearForm) => [first, second].every((values) => evaluate(form, values) === 0n)
  const index = rowIndex(r1cs)
  const rows = new Set<number>()
  for (const [wire, value] of first.entries()) {
    if (value !== second[wire]) for (const row of rowsOf(index, wire).subarray(0, MOST_ROWS)) rows.add(row)
  }
  const masked: { row: number; distance: number }[] = []
  for (const row of rows) {
    tick()
    const { a, b, c } = readConstraint(r1cs, row)
    if (!(isChanged(a) && isZero(b)) && !(isChanged(b) && isZero(a))) continue
    const places = [a, b, c].flatMap(({ terms }) => [...terms.keys()].map((wire) => distance.get(wire) ?? MOST_NEAR))
    masked.push({ row, distance: Math.min(...places) })
  }
  return masked
    .sort((one, other) => one.distance - other.distance)
    .slice(0, MOST_MASKED)
    .map(({ row }) => row)
}

import { FIELD } from '../protocol/numbers.ts'
import type { R1cs } from '../prover/r1cs.ts'
import type { Assignment } from './alternatives.ts'
import { type Bounds, isLoose } from './bounds.ts'
import { divide } from './field.ts'
import { asLinear, combine, type LinearForm, reduceRow } from './linear-form.ts'
import { rowIndex, rowsOf } from './row-index.ts'

/** Rows, and wires in one row, beyond which elimination costs more than it finds. */
const MOST_ROWS = 48
const MOST_TERMS = 256

export interface LinearRestOptions {
  r1cs: R1cs
  bounds: Bounds
  values: readonly bigint[]
  committed: Uint8Array
  /** Sorts wires: those that may change come first. */
  order(wires: Iterable<number>): number[]
}

/**
 * Mends a broken row together with all rows that are linear in what is unknown and that share unknowns that are no bits with it,
 * by Gaussian elimination: as few wires change as there are independent rows. 'contradiction' if there is no solution,
 * undefined if the row stands alone.
 */
export function solveLinearRest(options: LinearRestOptions, row: number): Assignment | 'contradiction' | undefined {
  const forms = connectedForms(options, row)
  if (forms.length < 2) return undefined
  const pivots: { wire: number; form: LinearForm }[] = []
  for (const form of forms) {
    let rest = form
    for (const pivot of pivots) {
      const coefficient = rest.terms.get(pivot.wire)
      if (coefficient !== undefined) rest = combine(1n, rest, combine(coefficient, pivot.form, ZERO))
    }
    const open = [...rest.terms.keys()]
    if (open.length === 0) {
      if (rest.constant !== 0n) return 'contradiction'
      continue
    }
    const loose = open.filter((wire) => isLoose(options.bounds, wire))
    const [wire] = options.order(loose.length > 0 ? loose : open) as [number]
    pivots.push({ wire, form: combine(divide(1n, rest.terms.get(wire)!), rest, ZERO) })
  }
  // The form of a pivot mentions later pivots and wires that keep their values.
  const solution = new Map<number, bigint>()
  for (const { wire, form } of pivots.toReversed()) {
    let sum = form.constant
    for (const [other, coefficient] of form.terms) {
      if (other !== wire) sum += coefficient * (solution.get(other) ?? options.values[other]!)
    }
    solution.set(wire, (FIELD - (sum % FIELD)) % FIELD)
  }
  return [...solution].filter(([wire, value]) => value !== options.values[wire])
}

const ZERO: LinearForm = { constant: 0n, terms: new Map() }

function connectedForms({ r1cs, bounds, values, committed }: LinearRestOptions, row: number): LinearForm[] {
  const forms: LinearForm[] = []
  const rows = new Set([row])
  const seen = new Set<number>()
  for (const at of rows) {
    if (r1cs.offsets[3 * at + 3]! - r1cs.offsets[3 * at]! > MOST_TERMS) continue
    const form = asLinear(reduceRow(r1cs, at, values, committed))
    if (form === undefined) continue
    const loose = [...form.terms.keys()].filter((wire) => isLoose(bounds, wire))
    if (loose.length === 0) continue
    if (forms.push(form) === MOST_ROWS) return forms
    for (const wire of loose) {
      if (seen.has(wire)) continue
      seen.add(wire)
      for (const other of rowsOf(rowIndex(r1cs), wire).subarray(0, MOST_ROWS)) rows.add(other)
    }
  }
  return forms
}

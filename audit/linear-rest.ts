import { Elimination } from '../circom/elimination.ts'
import { asLinear, type Constraint, type LinearForm, reduceRow } from '../circom/linear-form.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { rowIndex, rowsOf } from '../circom/row-index.ts'
import type { Assignment } from './alternatives.ts'
import { type Bounds, isLoose } from './bounds.ts'

/** Rows, and terms in one row, beyond which elimination costs more than it finds. */
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
 * What the rows that are linear in what is unknown say together, of wires that a row is connected with, itself included if it
 * is linear. Wires that are no bits come first as pivots. 'contradiction' if they have no solution.
 */
export function linearRest(options: LinearRestOptions, row: number): Elimination | 'contradiction' {
  const rest = new Elimination()
  for (const form of connectedForms(options, row)) {
    const reduced = rest.reduce(form)
    const open = [...reduced.terms.keys()]
    if (open.length === 0) {
      if (reduced.constant !== 0n) return 'contradiction'
      continue
    }
    const loose = open.filter((wire) => isLoose(options.bounds, wire))
    const [pivot] = options.order(loose.length > 0 ? loose : open) as [number]
    rest.keep(reduced, pivot)
  }
  return rest
}

/** Values for the pivots that satisfy all rows of the rest while all other wires keep theirs; only what changes. */
export function solveRest(rest: Elimination, values: readonly bigint[]): Assignment {
  return [...rest.solve((wire) => values[wire]!)].filter(([wire, value]) => value !== values[wire])
}

/** A row without the pivots of the rest; itself if it has none. */
export function substituteRow(row: Constraint, rest: Elimination): Constraint {
  const [a, b, c] = [rest.reduce(row.a), rest.reduce(row.b), rest.reduce(row.c)]
  return a === row.a && b === row.b && c === row.c ? row : { a, b, c }
}

function connectedForms({ r1cs, bounds, values, committed }: LinearRestOptions, start: number): LinearForm[] {
  const forms: LinearForm[] = []
  const rows = new Set([start])
  const seen = new Set<number>()
  for (const row of rows) {
    if (r1cs.offsets[3 * row + 3]! - r1cs.offsets[3 * row]! > MOST_TERMS) continue
    const reduced = reduceRow(r1cs, row, values, committed)
    const form = asLinear(reduced)
    if (form === undefined && row !== start) continue
    const terms = form ? [form.terms] : [reduced.a.terms, reduced.b.terms, reduced.c.terms]
    const loose = terms.flatMap((all) => [...all.keys()]).filter((wire) => isLoose(bounds, wire))
    if (loose.length === 0) continue
    if (form && forms.push(form) === MOST_ROWS) return forms
    for (const wire of loose) {
      if (seen.has(wire)) continue
      seen.add(wire)
      for (const other of rowsOf(rowIndex(r1cs), wire).subarray(0, MOST_ROWS)) rows.add(other)
    }
  }
  return forms
}

import type { R1cs } from '../circom/r1cs.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { Assignment } from './alternatives.ts'
import { type Bounds, isLoose } from './bounds.ts'
import { divide } from './field.ts'
import { asLinear, type Constraint, combine, type LinearForm, reduceRow } from './linear-form.ts'
import { rowIndex, rowsOf } from './row-index.ts'

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

/** What the rows that are linear in what is unknown say together, of wires that a row is connected with. */
export interface LinearRest {
  /** Each says that its form is 0, in which its wire has coefficient 1; wires of earlier ones do not occur in later ones. */
  readonly pivots: readonly { readonly wire: number; readonly form: LinearForm }[]
}

/**
 * Eliminates among the linear rows that share unknowns with a row, itself included if it is linear, by Gauss. Wires that are
 * no bits come first as pivots. 'contradiction' if they have no solution.
 */
export function linearRest(options: LinearRestOptions, row: number): LinearRest | 'contradiction' {
  const pivots: { wire: number; form: LinearForm }[] = []
  for (const form of connectedForms(options, row)) {
    const rest = substitute(form, { pivots })
    const open = [...rest.terms.keys()]
    if (open.length === 0) {
      if (rest.constant !== 0n) return 'contradiction'
      continue
    }
    const loose = open.filter((wire) => isLoose(options.bounds, wire))
    const [wire] = options.order(loose.length > 0 ? loose : open) as [number]
    pivots.push({ wire, form: combine(divide(1n, rest.terms.get(wire)!), rest, ZERO) })
  }
  return { pivots }
}

/** Values for the pivots that satisfy all rows of the rest while all other wires keep theirs; only what changes. */
export function solveRest({ pivots }: LinearRest, values: readonly bigint[]): Assignment {
  const solution = new Map<number, bigint>()
  for (const { wire, form } of pivots.toReversed()) {
    let sum = form.constant
    for (const [other, coefficient] of form.terms) {
      if (other !== wire) sum += coefficient * (solution.get(other) ?? values[other]!)
    }
    solution.set(wire, (FIELD - (sum % FIELD)) % FIELD)
  }
  return [...solution].filter(([wire, value]) => value !== values[wire])
}

/** A row without the pivots of the rest; itself if it has none. */
export function substituteRow(row: Constraint, rest: LinearRest): Constraint {
  const [a, b, c] = [row.a, row.b, row.c].map((form) => substitute(form, rest)) as [LinearForm, LinearForm, LinearForm]
  return a === row.a && b === row.b && c === row.c ? row : { a, b, c }
}

const ZERO: LinearForm = { constant: 0n, terms: new Map() }

function substitute(form: LinearForm, { pivots }: LinearRest): LinearForm {
  let rest = form
  for (const pivot of pivots) {
    const coefficient = rest.terms.get(pivot.wire)
    if (coefficient !== undefined) rest = combine(1n, rest, combine(coefficient, pivot.form, ZERO))
  }
  return rest
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

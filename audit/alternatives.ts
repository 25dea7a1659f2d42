import { asLinear, type Constraint, evaluate, type LinearForm, ratio } from '../circom/linear-form.ts'
import { divide } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import { type BoundedTerm, boundedSums } from './bounded-sum.ts'
import { type Bounds, isLoose } from './bounds.ts'
import type { Tick } from './clock.ts'
import { quadraticRoots } from './field.ts'

/** Values that wires take together. */
export type Assignment = readonly (readonly [wire: number, value: bigint])[]

export interface AlternativesContext {
  readonly bounds: Bounds
  /** What every wire has now. */
  readonly values: readonly bigint[]
  /** Orders the wires that may change: the first ones are tried first. */
  order(wires: Iterable<number>): number[]
  /** Wires of one row that get values which no equation asks for. */
  readonly guesses: number
  /** Values to try where an equation does not say one. */
  specials(wire: number): Iterable<bigint>
  readonly tick?: Tick | undefined
}

/** Solutions that one bounded sum is asked for. */
const MOST_SUMS = 12

/** Ways to mend a constraint with at least one unknown, the most telling first. Not all: there may be r of them. */
export function* alternatives(row: Constraint, context: AlternativesContext): Generator<Assignment> {
  const forms = zeroForms(row, context.tick)
  if (forms !== undefined) for (const form of forms) yield* linear(form, context)
  else yield* singles(row, context)
  yield* guesses(row, context)
}

/** The linear forms of which one must vanish: if the row is linear, a product that must be 0, or quadratic in one form. */
export function zeroForms(row: Constraint, tick?: Tick): LinearForm[] | undefined {
  const { a, b, c } = row
  const form = asLinear(row)
  if (form !== undefined) return [form]
  const [kb, kc] = [ratio(a, b), ratio(a, c)]
  if (kb !== undefined && kc !== undefined) {
    // With t for the terms of a: (t + a0) (kb t + b0) = kc t + c0.
    const linear = b.constant + kb * a.constant - kc
    const roots = quadraticRoots(kb, linear, a.constant * b.constant - c.constant, tick)
    if (roots === 'every') return []
    return roots.map((root) => ({ constant: FIELD - root, terms: a.terms }))
  }
  return c.terms.size === 0 && c.constant === 0n ? [a, b] : undefined
}

function* linear(form: LinearForm, context: AlternativesContext): Generator<Assignment> {
  const { bounds, values } = context
  const wires = context.order(form.terms.keys())
  const rest = evaluate(form, values)
  if (rest === 0n) {
    // Zero already, by values that may still change: hold it.
    yield wires.map((wire) => [wire, values[wire]!] as const)
    return
  }
  for (const wire of wires) {
    if (!isLoose(bounds, wire)) continue
    const value = mended(form, wire, rest, values)
    if (value <= (bounds.get(wire) ?? value)) yield [[wire, value]]
  }
  if (!wires.some((wire) => bounds.has(wire))) return
  const bounded: BoundedTerm[] = []
  let total = form.constant
  for (const [wire, coefficient] of form.terms) {
    const bound = bounds.get(wire)
    if (bound === undefined) total += coefficient * values[wire]!
    else bounded.push({ wire, coefficient, bound, preferred: values[wire]! })
  }
  let count = 0
  for (const solution of boundedSums(bounded, FIELD - (total % FIELD))) {
    yield solution
    if (++count === MOST_SUMS) return
  }
}

/** One wire changes, the others keep what they have. */
function* singles(row: Constraint, context: AlternativesContext): Generator<Assignment> {
  const { values } = context
  const all = new Set([row.c, row.a, row.b].flatMap(({ terms }) => [...terms.keys()]))
  for (const wire of context.order(all)) {
    const [a, b, c] = [row.a, row.b, row.c].map((form) => asLine(form, wire, values)) as [Line, Line, Line]
    const roots = quadraticRoots(
      a.slope * b.slope,
      a.slope * b.start + a.start * b.slope - c.slope,
      a.start * b.start - c.start,
      context.tick,
    )
    if (roots === 'every') continue
    for (const root of roots) yield [[wire, root]]
  }
}

function* guesses(row: Constraint, context: AlternativesContext): Generator<Assignment> {
  if (context.guesses === 0) return
  const all = new Set([row.c, row.a, row.b].flatMap(({ terms }) => [...terms.keys()]))
  const wires = context.order(all).slice(0, context.guesses)
  for (const wire of wires) for (const value of context.specials(wire)) yield [[wire, value]]
}

interface Line {
  readonly start: bigint
  readonly slope: bigint
}

/** A form as a function of one wire. */
function asLine(form: LinearForm, wire: number, values: readonly bigint[]): Line {
  const slope = form.terms.get(wire) ?? 0n
  return { start: evaluate(form, values) - slope * values[wire]!, slope }
}

/** The value of a wire that makes a form vanish whose value is `rest` now. */
function mended(form: LinearForm, wire: number, rest: bigint, values: readonly bigint[]): bigint {
  return (values[wire]! + divide(FIELD - rest, form.terms.get(wire)!)) % FIELD
}

import { type LinearForm, reduceRow } from '../circom/linear-form.ts'
import type { R1cs } from '../circom/r1cs.ts'
import { FIELD } from '../protocol/numbers.ts'
import { type Assignment, zeroForms } from './alternatives.ts'
import { type BoundedTerm, boundedSums } from './bounded-sum.ts'
import { upperBounds } from './bounds.ts'

/** Solutions of one sum that are looked at. */
const MOST_SUMS = 6

/**
 * Other ways to satisfy one constraint than the witness's own, if it is a sum of bounded wires: the second representation of
 * a number that wraps, the other one-hot vectors. `fixed` wires keep what they have.
 */
export function* otherSums(
  r1cs: R1cs,
  row: number,
  values: readonly bigint[],
  fixed: Uint8Array,
): Generator<Assignment> {
  for (const form of zeroForms(reduceRow(r1cs, row, values, fixed)) ?? []) {
    const terms = boundedTerms(r1cs, form, values)
    if (terms === undefined || terms.length < 2) continue
    let count = 0
    for (const solution of boundedSums(terms, (FIELD - form.constant) % FIELD)) {
      const changes = solution.filter(([wire, value]) => value !== values[wire])
      if (changes.length > 0) yield solution
      if (++count === MOST_SUMS) break
    }
  }
}

function boundedTerms(r1cs: R1cs, { terms }: LinearForm, values: readonly bigint[]): BoundedTerm[] | undefined {
  const bounds = upperBounds(r1cs)
  const found: BoundedTerm[] = []
  for (const [wire, coefficient] of terms) {
    const bound = bounds.get(wire)
    if (bound === undefined) return undefined
    found.push({ wire, coefficient, bound, preferred: values[wire]! })
  }
  return found
}

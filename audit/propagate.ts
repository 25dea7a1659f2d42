import { Facts } from './facts.ts'
import { solveDecoder } from './rules/decoder.ts'
import { solveDivision } from './rules/division.ts'
import { eliminate } from './rules/elimination.ts'
import { implyBitsOfZero } from './rules/equal-numbers.ts'
import { excludeSummands, tabulate } from './rules/logic.ts'
import { affinePart, confineLinear, confineProduct, solveSingleUnknown } from './rules/linear.ts'
import { solveOneHot } from './rules/one-hot.ts'
import { type BelowField, solveRadix } from './rules/radix.ts'
import { confineToRoots, learnFactors } from './rules/roots.ts'
import { applyZeroTest, findZeroTest, harmlessHint, type ZeroTest } from './rules/zero-test.ts'
import type { Row, System } from './system.ts'

/** A gadget whose soundness was argued on paper; it adds facts when its conditions are met. */
export interface LemmaInstance {
  /** Adds what follows from the facts so far; returns whether that was all it ever will. */
  apply(facts: Facts, belowField: BelowField[]): boolean
}

export interface Propagation {
  readonly facts: Facts
  /** Hints that may take any value where the tested form is 0, and that nothing reads. */
  readonly harmless: ReadonlySet<number>
}

/**
 * Uniqueness propagation: from the inputs, applies the rules of rules/ to one row after another until none yields anything
 * new. Facts only grow, and each rule is sound for itself, so the order does not matter for what is true.
 *
 * Source: the method of Ecne (0xPARC, 2022) and Picus (Pailoor et al., PLDI 2023), with intervals.
 */
export function propagate(
  system: System,
  inputs: Iterable<number>,
  { lemmas = [], signal }: { lemmas?: readonly LemmaInstance[]; signal?: AbortSignal | undefined } = {},
): Propagation {
  const facts = new Facts(system)
  const { representative, constants } = system
  facts.know(0, 'constant')
  for (const [wire, value] of constants) {
    facts.know(wire, 'constant')
    facts.confine(wire, { low: value, high: value })
  }
  for (const wire of inputs) facts.know(representative[wire]!, 'input')

  const belowField: BelowField[] = []
  const zeroTests = new Map<Row, ZeroTest | undefined>()
  let open = [...lemmas]
  for (;;) {
    for (let index = facts.takeRow(); index !== undefined; index = facts.takeRow()) {
      signal?.throwIfAborted()
      const row = system.rows[index]!
      if (!zeroTests.has(row)) zeroTests.set(row, findZeroTest(facts, row))
      visit(facts, row, zeroTests.get(row), belowField)
    }
    const before = belowField.length
    const left = open.filter((lemma) => !lemma.apply(facts, belowField))
    const progressed = left.length < open.length
    open = left
    // Rows that were waiting for a lemma about their bits.
    if (belowField.length > before) for (const row of system.rows) retryRadix(facts, row, belowField)
    if (!progressed && !eliminate(facts)) break
  }

  const hints = [...zeroTests.values()].map((found) => found && harmlessHint(facts, found))
  return { facts, harmless: new Set(hints.filter((wire) => wire !== undefined)) }
}

function visit(facts: Facts, row: Row, zeroTest: ZeroTest | undefined, belowField: readonly BelowField[]): void {
  if (row.kind === 'linear') {
    excludeSummands(facts, row.form)
    confineLinear(facts, row.form)
  } else {
    confineToRoots(facts, row)
    learnFactors(facts, row)
    confineProduct(facts, row)
    if (zeroTest !== undefined) {
      applyZeroTest(facts, zeroTest)
      implyBitsOfZero(facts, zeroTest)
    }
  }
  tabulate(facts, row)
  solveSingleUnknown(facts, row)
  const form = affinePart(facts, row)
  if (form !== undefined) {
    solveRadix(facts, form, belowField)
    solveOneHot(facts, form)
    solveDecoder(facts, form)
  }
  solveDivision(facts, row)
}

function retryRadix(facts: Facts, row: Row, belowField: readonly BelowField[]): void {
  const form = affinePart(facts, row)
  if (form !== undefined) solveRadix(facts, form, belowField)
}

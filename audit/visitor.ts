import type { Affine } from '../circom/affine.ts'
import type { Row } from '../circom/system.ts'
import type { Facts } from './facts.ts'
import { NEWS, type News, type Visit } from './row-queue.ts'
import { solveDecoder } from './rules/decoder.ts'
import { solveDivision } from './rules/division.ts'
import { implyBitsOfZero } from './rules/equal-numbers.ts'
import { affinePart, confineLinear, confineProduct, solveSingleUnknown } from './rules/linear.ts'
import { excludeSummands, tabulate } from './rules/logic.ts'
import { solveOneHot } from './rules/one-hot.ts'
import { solveRadix, weightOf } from './rules/radix.ts'
import { confineToRoots, learnFactors } from './rules/roots.ts'
import { unreadHint } from './rules/unread-hint.ts'
import { excludeVanishing } from './rules/vanishing.ts'
import { applyZeroTest, findZeroTest, type ZeroTest } from './rules/zero-test.ts'

/** Often enough: once when all else in the row is known, and when more is known of what surrounds it. */
const MOST_REFUTATIONS = 3

/** Applies to one row after another the rules that what is new of it may concern. */
export class Visitor {
  readonly #facts: Facts
  readonly #seen: Uint8Array
  readonly #zeroTests = new Map<number, ZeroTest>()
  readonly #refutations: Uint8Array
  readonly #tabulated: Uint8Array

  constructor(facts: Facts) {
    this.#facts = facts
    this.#seen = new Uint8Array(facts.system.rows.length)
    this.#refutations = new Uint8Array(facts.system.rows.length)
    this.#tabulated = new Uint8Array(facts.system.rows.length)
  }

  visit({ row: index, news }: Visit): void {
    const facts = this.#facts
    const row = facts.system.rows[index]!
    const isFirst = this.#seen[index] === 0
    this.#seen[index] = 1
    if (row.kind === 'linear') {
      if (news & NEWS.range) this.#confine(row.form, index)
    } else {
      if (isFirst) confineToRoots(facts, row)
      if (news & (NEWS.range | NEWS.nonZero)) learnFactors(facts, row)
      if (news & NEWS.range && facts.openCountOf(index) > 0) confineProduct(facts, row)
      this.#testZero(row, index, isFirst, news)
    }
    if (news & (NEWS.range | NEWS.logic) && facts.openCountOf(index) <= 1) this.#tabulate(row, index, news)
    this.#solve(row, index)
  }

  #confine(form: Affine, index: number): void {
    const open = this.#facts.openCountOf(index)
    if (open === 0) excludeSummands(this.#facts, form)
    if (open <= 1) confineLinear(this.#facts, form)
  }

  /** A row of bits alone tells no more if it is asked again, unless more is known of what its bits imply. */
  #tabulate(row: Row, index: number, news: News): void {
    if (this.#tabulated[index] === 1 && !(news & NEWS.logic)) return
    this.#tabulated[index] = tabulate(this.#facts, row) ? 1 : 0
  }

  #testZero(row: Row, index: number, isFirst: boolean, news: News): void {
    const found = isFirst ? findZeroTest(this.#facts, row) : this.#zeroTests.get(index)
    if (found === undefined) return
    if (isFirst) this.#zeroTests.set(index, found)
    applyZeroTest(this.#facts, found)
    if (news & NEWS.range) implyBitsOfZero(this.#facts, found)
  }

  #solve(row: Row, index: number): void {
    const facts = this.#facts
    const unknown = facts.unknownCountOf(index)
    if (unknown === 0) return
    if (unknown === 1) {
      const factor = solveSingleUnknown(facts, row)
      if (factor !== undefined && this.#isWorthIt(row, index) && excludeVanishing(facts, factor)) {
        solveSingleUnknown(facts, row)
      }
      return
    }
    const form = affinePart(facts, row)
    if (form !== undefined) {
      const { areEqual, areDistinct } = compare(unknownWeights(facts, form))
      const isBounded = facts.looseCountOf(index) === 0
      if (isBounded && areDistinct) solveRadix(facts, form)
      if (isBounded && (areEqual || areDistinct)) solveOneHot(facts, row)
      solveDecoder(facts, form)
    }
    solveDivision(facts, row)
  }

  /** Whether it is looked into that a factor may vanish: not where nothing hangs on it, nor again and again. */
  #isWorthIt(row: Row, index: number): boolean {
    const hint = unreadHint(this.#facts, row)
    if (hint !== undefined && hint > this.#facts.system.r1cs.nOutputs) return false
    return this.#refutations[index]!++ < MOST_REFUTATIONS
  }
}

function unknownWeights(facts: Facts, form: Affine): bigint[] {
  const isUnknown = (_: bigint, i: number) => !facts.isKnown(form.wires[i]!)
  return form.coefficients.map((one, i) => weightOf(facts, form.wires[i]!, one)).filter(isUnknown)
}

/** Whether coefficients are all equal, or all different up to their signs. */
function compare(coefficients: readonly bigint[]): { areEqual: boolean; areDistinct: boolean } {
  const areEqual = coefficients.every((one) => one === coefficients[0])
  if (areEqual) return { areEqual, areDistinct: coefficients.length < 2 }
  const seen = new Set<bigint>()
  for (const one of coefficients) {
    if (seen.has(one)) return { areEqual, areDistinct: false }
    seen.add(one)
  }
  return { areEqual, areDistinct: true }
}

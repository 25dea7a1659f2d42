import { type Affine, affine } from '../../circom/affine.ts'
import { FIELD, max } from '../../protocol/numbers.ts'
import type { Facts } from '../facts.ts'
import { refute, valueForm } from '../refutation.ts'
import { bitsWhere, comparedWith } from './comparators.ts'

/** An integer sum(weight * wire) with positive weights. */
export type Limbs = ReadonlyMap<number, bigint>

/**
 * Whether one integer in limbs is less than another in all witnesses. Limbs of equal weights are compared: it is so if the
 * highest pair that differs does, as long as no weight is outdone by the differences below it. Shown by contradictions: that
 * all pairs are equal, or all above one and that one the wrong way round. In each case the top bits of comparators, and the
 * results of zero tests, follow from the pairs; the rows that combine them say that it cannot be.
 */
export function isLess(facts: Facts, left: Limbs, right: Limbs): boolean {
  const pairs = pairsOf(left, right)
  return pairs !== undefined && isLexicallyLess(facts, pairs)
}

/** Whether an integer in limbs is less than a constant in all witnesses, which is taken apart by the weights of the limbs. */
export function isBelow(facts: Facts, limbs: Limbs, bound: bigint): boolean {
  let rest = bound
  const pairs: LimbPair[] = []
  for (const [wire, weight] of [...limbs].sort(([, a], [, b]) => (a > b ? -1 : 1))) {
    const digit = rest / weight
    rest %= weight
    // The difference would be another number for the field.
    if (digit > FIELD / 2n) return false
    pairs.push({ weight, difference: affine(-digit, [[wire, 1n]]) })
  }
  return isLexicallyLess(facts, pairs)
}

/**
 * Whether an integer in limbs is never 0. Where all of its limbs are, no comparator of theirs can find another number less: that
 * they are all 0 is refuted like this.
 */
export function isPositive(facts: Facts, limbs: Limbs): boolean {
  const zeros = [...limbs.keys()].map((wire) => valueForm(wire, 0n))
  for (const wire of limbs.keys()) {
    for (const other of new Set(comparedWith(facts, wire))) {
      // The wire being 0, what is left of the difference is the other one.
      const difference = affine(0n, [
        [other, 1n],
        [wire, -1n],
      ])
      const bits = bitsWhere(facts, difference, 'not negative')
      if (bits === undefined) return true
      zeros.push(...bits)
    }
  }
  return refute(facts, { zeros })
}

function isLexicallyLess(facts: Facts, pairs: readonly LimbPair[]): boolean {
  if (!isLexical(facts, pairs)) return false
  const zeros: Affine[] = []
  for (const { difference } of pairs) {
    if (facts.intervalOf(difference)!.high < 0n) return true
    const bits = bitsWhere(facts, difference, 'positive')
    if (bits !== undefined && !refute(facts, { zeros: [...zeros, ...bits], nonZeros: [difference] })) return false
    const equal = bitsWhere(facts, difference, 'zero')
    // The two can never be equal so far: what is below them does not count.
    if (equal === undefined) return true
    zeros.push(difference, ...equal)
  }
  return refute(facts, { zeros })
}

interface LimbPair {
  readonly weight: bigint
  readonly difference: Affine
}

/** Pairs of limbs of equal weights, the highest first; undefined if two limbs of one number share a weight. */
function pairsOf(left: Limbs, right: Limbs): LimbPair[] | undefined {
  const terms = new Map<bigint, (readonly [number, bigint])[]>()
  for (const [limbs, sign] of [
    [left, 1n],
    [right, -1n],
  ] as const) {
    for (const [wire, weight] of limbs) terms.set(weight, [...(terms.get(weight) ?? []), [wire, sign]])
    if (new Set(limbs.values()).size < limbs.size) return undefined
  }
  const pairs = [...terms].map(([weight, pair]) => ({ weight, difference: affine(0n, pair) }))
  return pairs.sort((a, b) => (a.weight > b.weight ? -1 : 1))
}

/** Whether a negative difference outweighs whatever stands below it. */
function isLexical(facts: Facts, pairs: readonly LimbPair[]): boolean {
  let below = 0n
  for (const { weight, difference } of pairs.toReversed()) {
    if (weight <= below) return false
    const interval = facts.intervalOf(difference)
    if (interval === undefined) return false
    below += weight * max(interval.high, 0n)
  }
  return true
}

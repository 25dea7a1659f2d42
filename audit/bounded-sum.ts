import { invertAll } from '../protocol/field.ts'
import { FIELD, fromField, max, min } from '../protocol/numbers.ts'
import { commonDivisor, magnitude } from './whole-numbers.ts'

/** An unknown integer in [0, bound] with its coefficient (canonical, taken as the signed number next to zero). */
export interface BoundedTerm {
  readonly wire: number
  readonly coefficient: bigint
  readonly bound: bigint
  /** The value that solutions should prefer. */
  readonly preferred: bigint
}

/** Steps that one enumeration takes at most: sums of equal coefficients have too many dead ends to try all. */
const MOST_STEPS = 20_000

/**
 * The solutions of sum coefficient * x = total mod r with each x in [0, bound], those near the preferred values first:
 * all representations total + k r that the bounds allow, such as the second one of a number as 254 bits.
 */
export function* boundedSums(terms: readonly BoundedTerm[], total: bigint): Generator<[number, bigint][]> {
  const scaled = withSmallWeights(terms, total)
  const { sorted, reach } = byWeight(scaled.terms)
  const { low, high } = reach[0]!
  const budget = { steps: MOST_STEPS }
  for (let sum = low + positiveRest(scaled.total - low); sum <= high; sum += FIELD)
    yield* represent(sorted, reach, sum, budget)
}

/** Multiples of r by which another sum differs at most. */
const MOST_WRAPS = 3

/**
 * Other solutions of the sum whose solution the preferred values are. Of each integer that the bounds allow, those that are
 * nearest to theirs first and theirs last, at most two: the one with the greatest multiples of great weights, as a division with
 * remainder has it, and the one with the least.
 */
export function* wrappedSums(terms: readonly BoundedTerm[]): Generator<[number, bigint][]> {
  const { sorted, reach } = byWeight(withSmallWeights(terms, 0n).terms)
  const { low, high } = reach[0]!
  const own = sorted.reduce((sum, { weight, preferred }) => sum + weight * preferred, 0n)
  const wraps = Array.from({ length: MOST_WRAPS }, (_, i) => BigInt(i + 1)).flatMap((k) => [k, -k])
  const ends = [true, false].map((isMost) =>
    sorted.map((term) => ({ ...term, preferred: term.weight > 0n === isMost ? term.bound : 0n })),
  )
  const seen = new Set([String(sorted.map(({ preferred }) => preferred))])
  for (const sum of [...wraps, 0n].map((k) => own + k * FIELD)) {
    if (sum < low || sum > high) continue
    for (const end of ends) {
      for (const solution of represent(end, reach, sum, { steps: MOST_STEPS }).take(1)) {
        const key = String(solution.map(([, value]) => value))
        if (!seen.has(key)) yield solution
        seen.add(key)
      }
    }
  }
}

/** Terms with the greatest weights first, and what those from i on can add up to: multiples of divisor[i] between low[i] and high[i]. */
function byWeight(terms: readonly Weighted[]): { sorted: readonly Weighted[]; reach: readonly Reach[] } {
  const sorted = terms.toSorted((a, b) => (magnitude(b.weight) > magnitude(a.weight) ? 1 : -1))
  const end = { low: 0n, high: 0n, divisor: 0n }
  const reach = [end]
  for (const { weight, bound } of sorted.toReversed()) {
    const { low, high, divisor } = reach.at(-1)!
    const most = weight * bound
    reach.push({
      low: most < 0n ? low + most : low,
      high: most > 0n ? high + most : high,
      divisor: commonDivisor(magnitude(weight), divisor),
    })
  }
  return { sorted, reach: reach.reverse() }
}

type Weighted = BoundedTerm & { readonly weight: bigint }

/** A sum that reaches further than this may be one that simplification has divided by a coefficient. */
const FAR = 2n * FIELD

/** The same sum multiplied by what makes its weights least: simplification leaves fractions where there were powers of two. */
function withSmallWeights(terms: readonly BoundedTerm[], total: bigint): { terms: Weighted[]; total: bigint } {
  const coefficients = terms.map(({ coefficient }) => coefficient)
  let scale = 1n
  let least = reachOf(terms, scale, undefined)!
  if (least > FAR) {
    for (const inverse of invertAll(coefficients)) {
      const reach = reachOf(terms, inverse, least)
      if (reach === undefined) continue
      least = reach
      scale = inverse
    }
  }
  const weighted = terms.map((term) => ({ ...term, weight: fromField((term.coefficient * scale) % FIELD) }))
  return { terms: weighted, total: total * scale }
}

/** The sum of all weights times their bounds; undefined if that is not less than `limit`. */
function reachOf(terms: readonly BoundedTerm[], scale: bigint, limit: bigint | undefined): bigint | undefined {
  let reach = 0n
  for (const { coefficient, bound } of terms) {
    reach += magnitude(fromField((coefficient * scale) % FIELD)) * bound
    if (limit !== undefined && reach >= limit) return undefined
  }
  return reach
}

interface Reach {
  readonly low: bigint
  readonly high: bigint
  readonly divisor: bigint
}

/** The solutions over the integers. Goes through the terms without recursion: there may be thousands. */
function* represent(
  sorted: readonly Weighted[],
  reach: readonly Reach[],
  sum: bigint,
  budget: { steps: number },
): Generator<[number, bigint][]> {
  const rests = [sum]
  const left: bigint[][] = []
  const chosen: bigint[] = []
  for (let at = 0; at >= 0; ) {
    const rest = rests[at]!
    if (at === sorted.length) {
      yield chosen.map((value, index) => [sorted[index]!.wire, value])
      at--
      continue
    }
    const term = sorted[at]!
    left[at] ??= choices(term, rest, reach[at]!, reach[at + 1]!)
    const value = left[at]!.shift()
    if (value === undefined) {
      left.length = at
      at--
      continue
    }
    if (budget.steps-- <= 0) return
    chosen.length = at
    chosen.push(value)
    rests[at + 1] = rest - term.weight * value
    at++
  }
}

/** The values of a term that leave to the later ones what they can reach: the preferred one first, not too many. */
function choices({ weight, bound, preferred }: Weighted, rest: bigint, own: Reach, later: Reach): bigint[] {
  if (own.divisor !== 0n && rest % own.divisor !== 0n) return []
  const from = rest - later.high
  const to = rest - later.low
  const size = magnitude(weight)
  const near = weight > 0n ? from : -to
  const far = weight > 0n ? to : -from
  if (far < 0n) return []
  const least = near > 0n ? (near + size - 1n) / size : 0n
  const most = min(far / size, bound)
  if (least > most) return []
  if (least === most) return [least]
  const nearest = max(least, min(preferred, most))
  const values = [nearest, least, most, least + 1n, most - 1n].filter((value) => value >= least && value <= most)
  return [...new Set(values)]
}

function positiveRest(x: bigint): bigint {
  const rest = x % FIELD
  return rest < 0n ? rest + FIELD : rest
}

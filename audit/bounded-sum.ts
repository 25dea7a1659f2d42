import { FIELD, fromField, min } from '../protocol/numbers.ts'

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
  const sorted = terms
    .map((term) => ({ ...term, weight: fromField(term.coefficient) }))
    .sort((a, b) => (magnitude(b.weight) > magnitude(a.weight) ? 1 : -1))
  // What the terms from i on can add up to: between low[i] and high[i].
  const low = [0n]
  const high = [0n]
  for (const { weight, bound } of sorted.toReversed()) {
    const most = weight * bound
    low.unshift(low[0]! + (most < 0n ? most : 0n))
    high.unshift(high[0]! + (most > 0n ? most : 0n))
  }
  const budget = { steps: MOST_STEPS }
  const first = low[0]! + positiveRest(total - low[0]!)
  for (let sum = first; sum <= high[0]!; sum += FIELD) yield* solve(0, sum, [])

  function* solve(at: number, rest: bigint, chosen: bigint[]): Generator<[number, bigint][]> {
    if (budget.steps-- <= 0 || rest < low[at]! || rest > high[at]!) return
    const term = sorted[at]
    if (term === undefined) {
      yield chosen.map((value, index) => [sorted[index]!.wire, value])
      return
    }
    for (const value of choices(term, rest - high[at + 1]!, rest - low[at + 1]!)) {
      yield* solve(at + 1, rest - term.weight * value, [...chosen, value])
    }
  }
}

/** The values in [0, bound] whose product with the weight lies in [from, to]: the preferred one first, not too many. */
function choices(term: BoundedTerm & { weight: bigint }, from: bigint, to: bigint): bigint[] {
  const { weight, bound, preferred } = term
  const [near, far] = weight > 0n ? [from, to] : [-to, -from]
  const size = magnitude(weight)
  const least = near > 0n ? (near + size - 1n) / size : 0n
  const most = far < 0n ? -1n : min(far / size, bound)
  if (least > most) return []
  const values = [preferred, least, most, least + 1n, most - 1n].filter((value) => value >= least && value <= most)
  return [...new Set(values)]
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x
}

function positiveRest(x: bigint): bigint {
  const rest = x % FIELD
  return rest < 0n ? rest + FIELD : rest
}

import { max } from '../../protocol/numbers.ts'
import { commonDivisor } from '../whole-numbers.ts'

/** The integers low, low + step, .., high; step 0 for a single one. */
export interface Progression {
  readonly low: bigint
  readonly high: bigint
  readonly step: bigint
}

/** Integers, of which some point is a multiple of a base by one: a union of a few progressions, by ascending low. */
export type Multiples = readonly Progression[]

export function only(number: bigint): Multiples {
  return [{ low: number, high: number, step: 0n }]
}

/** All sums of one of each. */
export function sums(left: Multiples, right: Multiples): Multiples {
  return few(
    left.flatMap((a) =>
      right.map((b) => ({ low: a.low + b.low, high: a.high + b.high, step: commonDivisor(a.step, b.step) })),
    ),
  )
}

export function negatives(multiples: Multiples): Multiples {
  return few(multiples.map(({ low, high, step }) => ({ low: -high, high: -low, step })))
}

export function doubles(multiples: Multiples): Multiples {
  return multiples.map(({ low, high, step }) => ({ low: 2n * low, high: 2n * high, step: 2n * step }))
}

/** At least all that are in one of the two. */
export function union(left: Multiples, right: Multiples): Multiples {
  return few([...left, ...right])
}

/**
 * The number of factors 2 that all of a progression's numbers have, counted up to 3; `isExact` if it is the number that each of
 * them has.
 */
export function factorsOfTwo({ low, step }: Progression): { readonly least: number; readonly isExact: boolean } {
  const [ofLow, ofStep] = [twos(low), twos(step)]
  return { least: Math.min(ofLow, ofStep), isExact: ofLow < ofStep }
}

/** Whether a multiple of the divisor may be among a progression's numbers. */
export function mayHoldMultipleOf({ low, high, step }: Progression, divisor: bigint): boolean {
  if (step === 0n) return low % divisor === 0n
  const rest = high % divisor
  return high - (rest < 0n ? rest + divisor : rest) >= low
}

/** Progressions of which a union is made at most: more are joined, nearest first, with all that is between them. */
const MOST = 4

function few(progressions: readonly Progression[]): Multiples {
  const byText = new Map(progressions.map((one) => [`${one.low} ${one.high} ${one.step}`, one]))
  const kept = [...byText.values()].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))
  while (kept.length > MOST) {
    let nearest = 0
    for (let i = 1; i + 1 < kept.length; i++) if (gapAfter(kept, i) < gapAfter(kept, nearest)) nearest = i
    kept.splice(nearest, 2, hull(kept[nearest]!, kept[nearest + 1]!))
  }
  return kept
}

function gapAfter(progressions: readonly Progression[], at: number): bigint {
  return progressions[at + 1]!.low - progressions[at]!.high
}

/** For a.low <= b.low. */
function hull(a: Progression, b: Progression): Progression {
  const step = commonDivisor(commonDivisor(a.step, b.step), b.low - a.low)
  return { low: a.low, high: max(a.high, b.high), step }
}

/** At most 3: the curve has no points of order 16. */
function twos(x: bigint): number {
  const low = Number(BigInt.asUintN(3, x))
  return low === 0 ? 3 : low % 4 === 0 ? 2 : low % 2 === 0 ? 1 : 0
}

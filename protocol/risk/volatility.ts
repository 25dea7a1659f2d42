import { max, min, mulDivUp } from '../numbers.ts'
import { BITS, PPM, SAMPLE_GAP, YEAR } from '../parameters.ts'
import { FINE_BITS, fineLogarithm } from './logarithm.ts'
import type { UnderlyingMemory } from './memory.ts'
import type { UnderlyingParameters } from './parameters.ts'
import { isqrt } from './square-root.ts'

export type VolatilityMemory = Pick<UnderlyingMemory, 'sampleIndex' | 'sampleTime' | 'variance' | 'shock'>

const SECONDS_OF_AN_HOUR = 3600n

/** What is cut off a fine logarithm: returns are in units of 2^-32, their squares in units of 2^-64. */
const RETURN_SHIFT = BigInt(FINE_BITS - BITS.fixedPoint)
const SQUARED_ONE = 1n << BigInt(2 * BITS.fixedPoint)

const MAX_VARIANCE = (1n << BigInt(BITS.variance)) - 1n
const MAX_VOLATILITY = (1n << BigInt(BITS.volatility)) - 1n

/**
 * The volatility of the first table: the shock is the highest, and the variance such that it would be (protocol.md#volatility).
 */
export function firstVolatility(index: bigint, asOf: bigint, { cap, factor }: UnderlyingParameters): VolatilityMemory {
  const volatility = min(MAX_VOLATILITY, (cap * PPM) / factor)
  return { sampleIndex: index, sampleTime: asOf, variance: volatility * volatility, shock: cap }
}

/**
 * The volatility of the next table. A return counts if the last one that did is SAMPLE_GAP seconds old; the average over
 * `memory` seconds is the implicit step of its differential equation, so that no gap is too long for it.
 *
 * @param elapsed seconds since the table before
 */
export function nextVolatility(
  before: VolatilityMemory,
  { index, asOf, elapsed }: { readonly index: bigint; readonly asOf: bigint; readonly elapsed: bigint },
  parameters: UnderlyingParameters,
): VolatilityMemory {
  const gap = asOf - before.sampleTime
  const sampled = gap >= SAMPLE_GAP
  const variance = sampled ? nextVariance(before, index, gap, parameters.memory) : before.variance
  const shock = nextShock(before.shock, variance, elapsed, parameters)
  return sampled
    ? { sampleIndex: index, sampleTime: asOf, variance, shock }
    : { sampleIndex: before.sampleIndex, sampleTime: before.sampleTime, variance, shock }
}

/** floor((variance * memory + return^2 a year) / (memory + gap)), at most the largest number of its width. */
function nextVariance({ sampleIndex, variance }: VolatilityMemory, index: bigint, gap: bigint, memory: bigint): bigint {
  const change = (fineLogarithm(max(index, sampleIndex)) - fineLogarithm(min(index, sampleIndex))) >> RETURN_SHIFT
  const sum = variance * memory * SQUARED_ONE + change * change * PPM * PPM * YEAR
  return min(MAX_VARIANCE, sum / ((memory + gap) * SQUARED_ONE))
}

/**
 * ceil(factor * sqrt(variance)), no further from the shock before than the step allows, and within floor and cap. The step is
 * rounded up: else tables that come often enough would hold the shock where it is.
 */
function nextShock(
  before: bigint,
  variance: bigint,
  elapsed: bigint,
  { floor, cap, factor, stepPerHour }: UnderlyingParameters,
): bigint {
  const step = mulDivUp(stepPerHour, elapsed, SECONDS_OF_AN_HOUR)
  const wanted = mulDivUp(factor, isqrt(variance), PPM)
  const reached = min(before + step, max(before - step, wanted))
  return min(cap, max(floor, reached))
}

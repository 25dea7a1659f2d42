import { max, min } from '../numbers.ts'
import { BITS, PPM, SETTLEMENT_WINDOW } from '../parameters.ts'
import type { MarketMemory } from './memory.ts'
import type { MarketParameters } from './parameters.ts'

export type AverageMemory = Pick<MarketMemory, 'averageSum' | 'averageSeconds'>

const MAX_LOT_PRICE = (1n << BigInt(BITS.price)) - 1n

/** From one table to the next: times in unix seconds, and the index price that the first of them had. */
export interface Interval {
  readonly from: bigint
  readonly to: bigint
  readonly index: bigint
}

/** The average so far, with what of the interval lies in the window before expiry (protocol.md#settlement-price). */
export function nextAverage(before: AverageMemory, expiry: bigint, { from, to, index }: Interval): AverageMemory {
  const begin = max(from, expiry - SETTLEMENT_WINDOW)
  const seconds = max(0n, min(to, expiry) - begin)
  return { averageSum: before.averageSum + index * seconds, averageSeconds: before.averageSeconds + seconds }
}

/**
 * What a lot is settled at: the average index price of the window, or the one of this table if no table fell into it; of
 * an option the payoff. Rounded down.
 */
export function settlementPrice(
  { averageSum, averageSeconds }: AverageMemory,
  index: bigint,
  { kind, strike, multiplier, maxPrice }: Pick<MarketParameters, 'kind' | 'strike' | 'multiplier' | 'maxPrice'>,
): bigint {
  const [sum, seconds] = averageSeconds === 0n ? [index, 1n] : [averageSum, averageSeconds]
  const price = min(MAX_LOT_PRICE, (sum * multiplier) / (seconds * PPM))
  const worth = kind === 'call' ? max(0n, price - strike) : kind === 'put' ? max(0n, strike - price) : price
  return min(maxPrice, worth)
}

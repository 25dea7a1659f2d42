import { max, min, mulDivDown } from '../numbers.ts'
import { BITS, FUNDING_PERIOD, PPM } from '../parameters.ts'
import { lotPrice } from './lot-price.ts'
import type { MarketParameters } from './parameters.ts'

/** A perpetual as the table before had it. */
export interface FundingBefore {
  readonly mark: bigint
  readonly index: bigint
  readonly fundingIndex: bigint
}

/**
 * The cumulative funding per lot after so many seconds at the premium of the table before, which was known beforehand
 * (protocol.md#funding-index): mark - index, within the cap, for each eight hours; rounded down.
 */
export function nextFundingIndex(
  { mark, index, fundingIndex }: FundingBefore,
  seconds: bigint,
  { multiplier, fundingCapPpm, maxPrice }: Pick<MarketParameters, 'multiplier' | 'fundingCapPpm' | 'maxPrice'>,
): bigint {
  const price = lotPrice(index, multiplier, BITS.price)
  const cap = mulDivDown(price, fundingCapPpm, PPM)
  const premium = min(cap, max(-cap, mark - price))
  const bound = maxPrice << 12n
  return min(bound, max(-bound, fundingIndex + floorDivide(premium * seconds, FUNDING_PERIOD)))
}

/** floor(a / b) for b > 0; the division of bigints rounds towards 0. */
function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b)
}

import { max, min, mulDivDown } from '../numbers.ts'
import { FUNDING_PERIOD, PPM } from '../parameters.ts'
import { lotPrice } from './lot-price.ts'
import type { MarketParameters } from './parameters.ts'

/** What was paid for a lot of a perpetual so far: fundingIndex + fundingRest / FUNDING_PERIOD quanta. */
export interface Funding {
  readonly fundingIndex: bigint
  /** [0, FUNDING_PERIOD) */
  readonly fundingRest: bigint
}

/** A perpetual as the table before had it. */
export interface FundingBefore extends Funding {
  readonly mark: bigint
  readonly index: bigint
}

/**
 * The cumulative funding of a lot after so many seconds at the premium of the table before, which was known beforehand
 * (protocol.md#funding-index): mark - index, within the cap, for each eight hours, either at most
 * maxPrice, which is where the mark stays. Nothing is rounded away: how often tables
 * come changes nothing.
 */
export function nextFunding(
  { mark, index, fundingIndex, fundingRest }: FundingBefore,
  seconds: bigint,
  { multiplier, fundingCapPpm, maxPrice }: Pick<MarketParameters, 'multiplier' | 'fundingCapPpm' | 'maxPrice'>,
): Funding {
  const price = lotPrice(index, multiplier, maxPrice)
  const cap = mulDivDown(price, fundingCapPpm, PPM)
  const premium = min(cap, max(-cap, mark - price))
  const bound = (maxPrice << 12n) * FUNDING_PERIOD
  const paid = min(bound, max(-bound, fundingIndex * FUNDING_PERIOD + fundingRest + premium * seconds))
  const rest = ((paid % FUNDING_PERIOD) + FUNDING_PERIOD) % FUNDING_PERIOD
  return { fundingIndex: (paid - rest) / FUNDING_PERIOD, fundingRest: rest }
}

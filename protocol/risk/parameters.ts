import type { TradingKey } from '../account.ts'
import { hashWords } from '../hash.ts'
import { MARKET_KINDS, type MarketKind, NEVER } from '../parameters.ts'

/** One way in which prices may move at once. */
export interface Scenario {
  /** How far the price moves, signed, in ppm of its underlying's shock; |move| <= 10^7. */
  readonly move: bigint
  /** How far the volatility moves, signed, in ppm of itself; |volatilityMove| < 10^6. */
  readonly volatilityMove: bigint
  /** Whether its loss counts by a third. */
  readonly extreme: boolean
  /** The underlyings that move the other way, a bit for each, that of underlying 0 the lowest. */
  readonly opposed: bigint
}

/** How the shock of an underlying follows from its volatility. */
export interface UnderlyingParameters {
  /** Least and largest shock, in ppm of the price. */
  readonly floor: bigint
  readonly cap: bigint
  /** Shock in ppm of the volatility of a year. */
  readonly factor: bigint
  /** Most that the shock moves in an hour, in ppm of the price. */
  readonly stepPerHour: bigint
  /** Seconds over which the variance is averaged. */
  readonly memory: bigint
}

/** What is listed in a market. But for the expiry of a perpetual, it changes by relisting only. */
export interface MarketIdentity {
  readonly kind: MarketKind
  /** Index among the underlyings. */
  readonly underlying: number
  /** Quanta per lot; 0 unless an option. */
  readonly strike: bigint
  /** Unix seconds; {@link NEVER} for what does not expire. */
  readonly expiry: bigint
  /** Units of the underlying in a lot, in ppm. */
  readonly multiplier: bigint
  /** Bounds of every table: lots that can be held, and quanta per lot; their product is < 2^64. */
  readonly maxLots: bigint
  readonly maxPrice: bigint
}

export interface MarketParameters extends MarketIdentity {
  /** Lots of the smallest order. */
  readonly minOrder: bigint
  /** Lots that an account may hold or come to hold, either way; at most maxLots. */
  readonly maxPosition: bigint
  /** How far a bid may stand above the mark, or an ask below, in basis points of the forward. */
  readonly bandBps: bigint
  /** Least risk of each lot sold short, in basis points of the forward; 0 unless an option. */
  readonly shortOptionMinimumBps: bigint
  /** Largest premium that funding is paid at, in ppm of the index for eight hours; 0 unless a perpetual. */
  readonly fundingCapPpm: bigint
  /** Lots above which a position's margin grows faster, and by how much for each lot, in basis points of the forward. */
  readonly largeLots: bigint
  readonly largeBps: bigint
  /** Lots held short, and so as many held long, beyond which no order opens any. */
  readonly maxOpenInterest: bigint
}

/** How a collateral asset other than cash is valued. */
export interface CollateralParameters {
  /** Index among the underlyings. */
  readonly underlying: number
  /** Units of the underlying in a lot of the asset, in ppm. */
  readonly multiplier: bigint
  /** Basis points, 10^4 less the haircut. */
  readonly weight: bigint
}

/** What governs how risk tables follow from reports (protocol.md#risk-parameters). */
export interface RiskParameters {
  readonly initialMarginBps: bigint
  readonly takerFeeBps: bigint
  readonly makerFeeBps: bigint
  /** Seconds for which a table's prices serve. */
  readonly maxAge: bigint
  /** Names the layout and scale of the reports. */
  readonly feedSet: bigint
  /** Keys that sign reports, one place for each. */
  readonly oracles: readonly TradingKey[]
  /** Reports that a table needs at least. */
  readonly quorum: bigint
  /** Seconds by which a report may be older or younger than the table. */
  readonly reportAge: bigint
  /** A move of the index from one table to the next, in basis points, beyond which its markets close, and for how many seconds. */
  readonly jumpBps: bigint
  readonly cooldown: bigint
  /** Seconds that a flagged account has to recover, and then those of its auction. */
  readonly grace: bigint
  readonly auction: bigint
  /** Parts of its risk, in basis points, below its fair value at which it is had when the auction begins, and when it ends. */
  readonly firstDiscountBps: bigint
  readonly lastDiscountBps: bigint
  /** [0] moves nothing: it is the mark. In pairs with one move of the price; the last two may be extreme, and have each its own. */
  readonly scenarios: readonly Scenario[]
  readonly underlyings: readonly UnderlyingParameters[]
  readonly markets: readonly MarketParameters[]
  /** Of each asset from 1 on; asset 0 is cash. */
  readonly collaterals: readonly CollateralParameters[]
}

/** A market in which nothing is listed: the only parameters of that kind. */
export const UNLISTED: MarketParameters = {
  ...{ kind: 'none', underlying: 0, strike: 0n, expiry: NEVER, multiplier: 1n, maxLots: 1n, maxPrice: 1n },
  ...{ minOrder: 1n, maxPosition: 0n, bandBps: 0n, shortOptionMinimumBps: 0n, fundingCapPpm: 0n },
  ...{ largeLots: 0n, largeBps: 0n, maxOpenInterest: 0n },
}

/**
 * What stands for a listing in the memory of the tables, 0 for none: all of a market's identity but its expiry, which a perpetual
 * may be given.
 */
export function listingIdentity(market: MarketIdentity): bigint {
  const { kind, underlying, strike, multiplier, maxLots, maxPrice } = market
  if (kind === 'none') return 0n
  return hashWords('LISTING', [BigInt(MARKET_KINDS[kind]), BigInt(underlying), strike, multiplier, maxLots, maxPrice])
}

import { hashWords } from '../hash.ts'
import type { VenueShape } from '../shape.ts'

/** What the next table needs to know of an underlying (protocol.md#risk-memory). */
export interface UnderlyingMemory {
  /** Median index price of the table; [1, 2^47). */
  readonly index: bigint
  /** The index price that the next return is taken from, and its time in unix seconds. */
  readonly sampleIndex: bigint
  readonly sampleTime: bigint
  /** Average of squared returns, in ppm^2 a year; below 2^48. */
  readonly variance: bigint
  /** The shock of the table's scenarios, in ppm. */
  readonly shock: bigint
  /** Unix seconds until which jumps close the markets on it; 0 if there was none yet. */
  readonly closedUntil: bigint
  /** Unix seconds since when the markets on it have been closed in every table; 0 where they are open. */
  readonly closedSince: bigint
}

/** What the next table needs to know of a market. */
export interface MarketMemory {
  /** What is listed, as a hash; 0 for a market that never was. */
  readonly identity: bigint
  /** Unix seconds. That of a perpetual which was given one late is later than its parameters say. */
  readonly expiry: bigint
  /** Sum of index price times seconds over what has passed of the settlement window, and those seconds. */
  readonly averageSum: bigint
  readonly averageSeconds: bigint
  /** The settlement price plus 1; 0 before it is fixed. */
  readonly settlement: bigint
  /** What the funding index has not moved for yet, in parts of a quantum by FUNDING_PERIOD; [0, FUNDING_PERIOD). */
  readonly fundingRest: bigint
}

export interface RiskMemory {
  readonly underlyings: readonly UnderlyingMemory[]
  readonly markets: readonly MarketMemory[]
}

/** The words of which the table's `memory` is the hash. */
export function riskMemoryWords({ underlyings, markets }: RiskMemory): bigint[] {
  return [
    ...underlyings.flatMap((u) => [
      u.index,
      u.sampleIndex,
      u.sampleTime,
      u.variance,
      u.shock,
      u.closedUntil,
      u.closedSince,
    ]),
    ...markets.flatMap((m) => [m.identity, m.expiry, m.averageSum, m.averageSeconds, m.settlement, m.fundingRest]),
  ]
}

export function hashRiskMemory(memory: RiskMemory): bigint {
  return hashWords('MEMORY', riskMemoryWords(memory))
}

/** Of a market in which nothing was ever listed. */
export const NEVER_LISTED: MarketMemory = {
  ...{ identity: 0n, expiry: 0n, averageSum: 0n, averageSeconds: 0n, settlement: 0n },
  fundingRest: 0n,
}

/** What stands before the first table: nothing is listed, and nothing was seen. */
export function emptyRiskMemory(shape: VenueShape): RiskMemory {
  const underlying = {
    ...{ index: 0n, sampleIndex: 0n, sampleTime: 0n, variance: 0n, shock: 0n },
    ...{ closedUntil: 0n, closedSince: 0n },
  }
  return {
    underlyings: new Array<UnderlyingMemory>(shape.underlyings).fill(underlying),
    markets: new Array<MarketMemory>(shape.markets).fill(NEVER_LISTED),
  }
}

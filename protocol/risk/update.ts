import { ZkclearError } from '../errors.ts'
import { max, min } from '../numbers.ts'
import { BASIS_POINTS, BITS, NEVER, SETTLEMENT_WINDOW } from '../parameters.ts'
import type { CollateralRecord, RiskRecord, RiskTable } from '../risk-table.ts'
import type { VenueShape } from '../shape.ts'
import { type Breaker, FIRST_BREAKER, nextBreaker } from './breaker.ts'
import { nextFunding } from './funding.ts'
import { lotPrice } from './lot-price.ts'
import type { MedianReport } from './median.ts'
import {
  emptyRiskMemory,
  hashRiskMemory,
  type MarketMemory,
  NEVER_LISTED,
  type RiskMemory,
  type UnderlyingMemory,
} from './memory.ts'
import { listingIdentity, type MarketParameters, type RiskParameters } from './parameters.ts'
import { makeRiskRecord } from './record.ts'
import { scenarioPrices } from './scenario.ts'
import { nextAverage, settlementPrice } from './settlement-price.ts'
import { firstVolatility, nextVolatility } from './volatility.ts'

const MAX_COLLATERAL_PRICE = (1n << BigInt(BITS.collateralPrice)) - 1n

/** What an update makes: the next table, and which markets are relisted by it, a bit for each. */
export interface RiskUpdate extends RiskSnapshot {
  readonly relisted: bigint
}

/** A proved table, and the memory whose hash is its last word: all that the next one is made from, besides reports. */
export interface RiskSnapshot {
  readonly table: RiskTable
  readonly memory: RiskMemory
}

/**
 * The table that follows from the medians of reports, the parameters in force and the table before (protocol.md#risk-update).
 * Pure; whoever has the parameters and the medians of every table, which are public, computes all of them.
 *
 * @param before undefined for the first table
 * @param medians whose asOf is later than that of the table before
 * @param retired markets, a bit for each, that were retired on chain: once settled, they become what the parameters say
 * @throws RISK_PARAMETERS_INVALID for a market whose identity changed before it was settled
 */
export function applyRiskUpdate(
  before: RiskSnapshot | undefined,
  medians: MedianReport,
  parameters: RiskParameters,
  shape: VenueShape,
  retired = 0n,
): RiskUpdate {
  const elapsed = before === undefined ? 0n : medians.asOf - before.table.asOf
  if (before !== undefined && elapsed <= 0n) {
    const message = `is ${medians.asOf}; must be later than ${before.table.asOf}, the time of the table before`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'asOf' })
  }
  const old = before?.memory ?? emptyRiskMemory(shape)
  const time = { asOf: medians.asOf, elapsed }
  const outage = before !== undefined && elapsed > before.table.maxAge
  const breakers = old.underlyings.map((u, i) =>
    before === undefined ? FIRST_BREAKER : nextBreaker(u, { ...time, outage, index: medians.indices[i]! }, parameters),
  )
  const underlyings = old.underlyings.map((u, i): UnderlyingMemory => {
    const index = medians.indices[i]!
    const settings = parameters.underlyings[i]!
    const { closedUntil, closedSince } = breakers[i]!
    const volatility =
      before === undefined
        ? firstVolatility(index, medians.asOf, settings)
        : nextVolatility(u, { ...time, index }, settings)
    return { index, ...volatility, closedUntil, closedSince }
  })
  const markets = parameters.markets.map((market, i) =>
    nextMarket(market, i, { before, old, underlyings, breakers, medians, elapsed, parameters, retired }),
  )
  const memory = { underlyings, markets: markets.map((m) => m.memory) }
  const { initialMarginBps, takerFeeBps, makerFeeBps, maxAge } = parameters
  const { grace, auction, firstDiscountBps, lastDiscountBps } = parameters
  const table = {
    ...{ markets: markets.map((m) => m.record), collaterals: collateralRecords(parameters, medians) },
    ...{ initialMarginBps, takerFeeBps, makerFeeBps, asOf: medians.asOf, maxAge, memory: hashRiskMemory(memory) },
    ...{ grace, auction, firstDiscountBps, lastDiscountBps },
  }
  const relisted = markets.reduce((bits, { isRelisted }, i) => bits | (isRelisted ? 1n << BigInt(i) : 0n), 0n)
  return { table, memory, relisted }
}

function collateralRecords(parameters: RiskParameters, { indices }: MedianReport): CollateralRecord[] {
  const others = parameters.collaterals.map(({ underlying, multiplier, weight }) => ({
    price: lotPrice(indices[underlying]!, multiplier, MAX_COLLATERAL_PRICE),
    weight,
  }))
  return [{ price: 1n, weight: BASIS_POINTS }, ...others]
}

interface UpdateContext {
  readonly before: RiskSnapshot | undefined
  readonly old: RiskMemory
  readonly underlyings: readonly UnderlyingMemory[]
  readonly breakers: readonly Breaker[]
  readonly medians: MedianReport
  readonly elapsed: bigint
  readonly parameters: RiskParameters
  readonly retired: bigint
}

function nextMarket(
  parametersOf: MarketParameters,
  i: number,
  { before, old, underlyings, breakers, medians, elapsed, parameters, retired }: UpdateContext,
): { record: RiskRecord; memory: MarketMemory; isRelisted: boolean } {
  const { asOf } = medians
  const isRetired = ((retired >> BigInt(i)) & 1n) === 1n
  const isRelisted = isRetired && old.markets[i]!.settlement !== 0n && asOf < parametersOf.expiry
  const was = isRelisted ? NEVER_LISTED : old.markets[i]!
  const wasListed = was.identity !== 0n
  const { identity, expiry } = nextListing(was, parametersOf, asOf, i)
  const market = { ...parametersOf, expiry }
  const { underlying, kind } = market
  const from = asOf - elapsed
  const index = medians.indices[underlying]!
  const oldIndex = old.underlyings[underlying]!.index

  const average = wasListed
    ? nextAverage(was, expiry, { from, to: asOf, index: oldIndex })
    : { averageSum: 0n, averageSeconds: 0n }
  const isSettled = was.settlement !== 0n || (kind !== 'none' && asOf >= expiry)
  const settled = was.settlement !== 0n ? was.settlement - 1n : settlementPrice(average, index, market)

  const accrues = kind === 'perpetual' && wasListed && was.settlement === 0n
  const { mark, fundingIndex } = before?.table.markets[i] ?? { mark: 0n, fundingIndex: 0n }
  const paid = { fundingIndex: isRelisted ? 0n : fundingIndex, fundingRest: was.fundingRest }
  const seconds = min(before?.table.maxAge ?? 0n, max(0n, min(asOf, expiry) - from))
  const funding = accrues ? nextFunding({ ...paid, mark, index: oldIndex }, seconds, market) : paid

  const forward = medians.forwards[i]!
  const prices = isSettled
    ? parameters.scenarios.map(() => settled)
    : scenarioPrices(
        market,
        {
          forward,
          volatility: medians.volatilities[i]!,
          shock: underlyings[underlying]!.shock,
          seconds: max(0n, expiry - asOf),
        },
        parameters.scenarios,
      )
  const { closed, sheltered } = breakers[underlying]!
  return {
    record: makeRiskRecord(
      market,
      { prices, forward, fundingIndex: funding.fundingIndex, settled: isSettled, closed, sheltered },
      parameters,
    ),
    memory: {
      ...{ identity, expiry, ...average, settlement: isSettled ? settled + 1n : 0n },
      fundingRest: funding.fundingRest,
    },
    isRelisted,
  }
}

/**
 * What the market's listing is (protocol.md#listing). What is listed stays as it is, but for a perpetual that gets an expiry: once, and
 * never so soon that its settlement price would lack a part of its window. What is settled stays, whatever the parameters say.
 */
function nextListing(
  was: MarketMemory,
  market: MarketParameters,
  asOf: bigint,
  i: number,
): Pick<MarketMemory, 'identity' | 'expiry'> {
  const identity = listingIdentity(market)
  if (was.identity === 0n) return { identity, expiry: market.expiry }
  if (was.settlement !== 0n) return was
  const isPerpetual = market.kind === 'perpetual'
  if (identity !== was.identity || (market.expiry !== was.expiry && !isPerpetual)) {
    const message = 'must be what was listed there; only a perpetual may get an expiry'
    throw new ZkclearError('RISK_PARAMETERS_INVALID', message, { path: `markets[${i}]` })
  }
  const ends = isPerpetual && was.expiry === NEVER
  return { identity, expiry: ends ? max(market.expiry, asOf + SETTLEMENT_WINDOW) : was.expiry }
}

import type { Account } from '../../../protocol/account.ts'
import type { RiskRecord, RiskTable } from '../../../protocol/risk-table.ts'
import { TINY_BASIS_POINTS } from '../tiny.ts'

/** One market of a case: the position and the record. */
export interface MarketCase {
  readonly size: number
  readonly index: number
  readonly openBuy: number
  readonly openSell: number
  readonly fundingIndex: number
  readonly longRisk: number
  readonly shortRisk: number
  readonly shortOptionMinimum: number
  readonly largeLots: number
  readonly largeRisk: number
  readonly prices: readonly number[]
}

export interface CollateralCase {
  readonly lots: number
  readonly price: number
  readonly weight: number
}

export const FLAT: MarketCase = {
  size: 0,
  index: 0,
  openBuy: 0,
  openSell: 0,
  fundingIndex: 0,
  longRisk: 1,
  shortRisk: 1,
  shortOptionMinimum: 0,
  largeLots: 0,
  largeRisk: 0,
  prices: [0, 0],
}

export function accountOf(collaterals: readonly CollateralCase[], markets: readonly MarketCase[]): Account {
  return {
    tradingKey: { x: 0n, y: 0n },
    ownerCommitment: 0n,
    viewKey: 0n,
    flaggedAt: 0n,
    suspended: false,
    nonce: 0n,
    collateral: collaterals.map(({ lots }) => BigInt(lots)),
    positions: markets.map(({ size, index, openBuy, openSell }) => ({
      size: BigInt(size),
      fundingIndex: BigInt(index),
      openBuy: BigInt(openBuy),
      openSell: BigInt(openSell),
    })),
  }
}

export function tableOf(
  collaterals: readonly CollateralCase[],
  markets: readonly MarketCase[],
  initial = 0,
): RiskTable {
  const record = (m: MarketCase): RiskRecord => ({
    mark: BigInt(m.prices[0]!),
    fundingIndex: BigInt(m.fundingIndex),
    longRisk: BigInt(m.longRisk),
    shortRisk: BigInt(m.shortRisk),
    shortOptionMinimum: BigInt(m.shortOptionMinimum),
    band: 0n,
    minOrder: 1n,
    maxPosition: 0n,
    lastTradeTime: 0n,
    phase: 0n,
    largeLots: BigInt(m.largeLots),
    largeRisk: BigInt(m.largeRisk),
    maxOpenInterest: 0n,
    scenarioPrices: m.prices.map(BigInt),
  })
  return {
    markets: markets.map(record),
    collaterals: collaterals.map(({ price, weight }) => ({ price: BigInt(price), weight: BigInt(weight) })),
    initialMarginBps: BigInt(initial),
    takerFeeBps: 0n,
    makerFeeBps: 0n,
    asOf: 0n,
    maxAge: 0n,
    ...{ grace: 0n, auction: 1n, firstDiscountBps: 0n, lastDiscountBps: 0n },
    memory: 0n,
  }
}

/** The quote asset. */
export const cash = (lots: number): CollateralCase => ({ lots, price: 1, weight: TINY_BASIS_POINTS })

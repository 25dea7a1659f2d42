import type { ReportValues } from '../../protocol/risk/report.ts'

/** Markets of the sample that are perpetuals; the last one is on the second coin, the others on the first. */
const PERPETUALS = [0, 3]
const OF_SECOND_COIN = 3

/** The prices with the first coin at another one, in quanta: its index, and in proportion the forwards of the markets on it. */
export function withFirstCoinAt({ indices, forwards, volatilities }: ReportValues, price: bigint): ReportValues {
  const [coin, ...others] = indices
  return {
    indices: [price, ...others],
    forwards: forwards.map((forward, market) => (market === OF_SECOND_COIN ? forward : (forward * price) / coin!)),
    volatilities,
  }
}

/** The same prices with perpetuals dearer than their index by that many basis points, or cheaper. */
export function withPremium(prices: ReportValues, bps: bigint): ReportValues {
  const forwards = prices.forwards.map((forward, market) =>
    PERPETUALS.includes(market) ? forward + (forward * bps) / 10_000n : forward,
  )
  return { ...prices, forwards }
}

/** What an oracle says that multiplies all prices by ten. */
export function tenfold({ indices, forwards, volatilities }: ReportValues): ReportValues {
  const lie = (values: readonly bigint[]) => values.map((value) => 10n * value)
  return { indices: lie(indices), forwards: lie(forwards), volatilities: lie(volatilities) }
}

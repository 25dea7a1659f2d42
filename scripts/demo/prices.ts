import type { ReportValues } from '../../protocol/risk/report.ts'

/** Markets of the sample that are perpetuals; the last one is on the second coin, the others on the first. */
const PERPETUALS = [0, 3]
const OF_SECOND_COIN = 3

/** The prices after the first coin fell by that many per cent: its index, and the forwards of the markets on it. */
export function afterFall({ indices, forwards, volatilities }: ReportValues, percent: bigint): ReportValues {
  const lower = (price: bigint) => (price * (100n - percent)) / 100n
  const [coin, ...others] = indices
  return {
    indices: [lower(coin!), ...others],
    forwards: forwards.map((forward, market) => (market === OF_SECOND_COIN ? forward : lower(forward))),
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

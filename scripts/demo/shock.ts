import type { ReportValues } from '../../protocol/risk/report.ts'

/** The prices after the first coin fell by that many per cent: its index, and the forwards of the markets on it. */
export function afterFall({ indices, forwards, volatilities }: ReportValues, percent: bigint): ReportValues {
  const lower = (price: bigint) => (price * (100n - percent)) / 100n
  const [coin, ...others] = indices
  // The last market is on the other coin.
  return {
    indices: [lower(coin!), ...others],
    forwards: forwards.map((forward, market) => (market < forwards.length - 1 ? lower(forward) : forward)),
    volatilities,
  }
}

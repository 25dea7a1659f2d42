import { ZkclearError } from '../protocol/errors.ts'
import { type ReportShape, type SignedReport, signReport } from '../protocol/risk/report.ts'
import type { PriceSource } from './price-source.ts'

export interface SignPricesOptions {
  readonly source: PriceSource
  readonly feedSet: bigint
  readonly shape: ReportShape
  readonly privateKey: Uint8Array
  /** Most seconds by which the prices' own time may differ from this machine's clock, either way. Default 30. */
  readonly maxAge?: bigint | undefined
  /** What was signed last: it is given again where the prices are of its second, or of one before. */
  readonly newest?: SignedReport | undefined
  readonly signal?: AbortSignal | undefined
}

const MAX_AGE = 30n

/**
 * Reads a source once and signs what it says, as of the time that it names, or else of now. Throws what the source throws, and
 * SOURCE_UNAVAILABLE for prices of another time, and for a newest report that is ahead of the clock by more than maxAge.
 *
 * @example
 * const source = jsonPrices(jsonFile('prices.json'), 'small')
 * const signed = await signPrices({ source, feedSet: 1n, shape: venueShape('small'), privateKey })
 */
export async function signPrices(options: SignPricesOptions): Promise<SignedReport> {
  const { source, feedSet, shape, privateKey, maxAge = MAX_AGE, newest, signal } = options
  const { timestamp: told, indices, forwards, volatilities } = await source.read(signal)
  const now = BigInt(Math.floor(Date.now() / 1000))
  const timestamp = told ?? now
  const age = now - timestamp
  if (age > maxAge || -age > maxAge) {
    const when = age > 0n ? `${age} s old` : `${-age} s ahead of this machine's clock`
    throw new ZkclearError(
      'SOURCE_UNAVAILABLE',
      `${source.name} has prices that are ${when}, and ${maxAge} are allowed`,
    )
  }
  if (newest !== undefined && timestamp <= newest.report.timestamp) return again(newest, now, maxAge)
  return signReport({ feedSet, timestamp, indices, forwards, volatilities }, shape, privateKey)
}

/** A clock that was ahead has left a report that is of no use yet, and whose second nothing is signed before. */
function again(newest: SignedReport, now: bigint, maxAge: bigint): SignedReport {
  const { timestamp } = newest.report
  if (timestamp - now <= maxAge) return newest
  throw new ZkclearError(
    'SOURCE_UNAVAILABLE',
    `the newest report is of second ${timestamp}, more than ${maxAge} s ahead of this machine's clock; start again if the clock is right now`,
  )
}

import { z } from 'zod'
import { BITS } from '../../protocol/parameters.ts'
import { assertReportValues, type ReportValues, type SignedReport } from '../../protocol/risk/report.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import {
  assertProfile,
  decodeWith,
  fileHead,
  type Json,
  list,
  signature,
  time,
  toJson,
  tradingKey,
  uint,
} from './schema.ts'

const values = {
  indices: list(uint(BITS.indexPrice)),
  forwards: list(uint(BITS.indexPrice)),
  volatilities: list(uint(BITS.volatility)),
}

const reportFile = z.strictObject({
  ...fileHead,
  feedSet: uint(BITS.feedSet),
  timestamp: time,
  ...values,
  key: tradingKey,
  signature,
})

/** Report file: `{ version: 1, profile, feedSet, timestamp, indices, forwards, volatilities, key, signature }`. Public. */
export function encodeReport({ report, key, signature }: SignedReport, profile: ProfileName): Json {
  return toJson({ version: 1, profile, ...report, key, signature })
}

/** Throws INPUT_INVALID, naming the field. Whether the signature holds is for `isReportValid` to say. */
export function decodeReport(json: unknown, profile: ProfileName): SignedReport {
  const file = decodeWith(reportFile, json, 'INPUT_INVALID', 'report')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'report')
  const { version: _, profile: __, key, signature, ...report } = file
  assertReportValues(report, venueShape(profile), 'report')
  return { report, key, signature }
}

/** What a source of prices says; without a timestamp it speaks of the moment at which it is asked. */
export interface Prices extends ReportValues {
  readonly timestamp?: bigint | undefined
}

const pricesFile = z.strictObject({ ...fileHead, timestamp: time.optional(), ...values })

/** Prices file: `{ version: 1, profile, timestamp?, indices, forwards, volatilities }`. */
export function encodePrices(prices: Prices, profile: ProfileName): Json {
  return toJson({ version: 1, profile, ...prices })
}

/** Throws INPUT_INVALID, naming the field. */
export function decodePrices(json: unknown, profile: ProfileName): Prices {
  const { version: _, profile: found, ...prices } = decodeWith(pricesFile, json, 'INPUT_INVALID', 'prices')
  assertProfile(found, profile, 'INPUT_INVALID', 'prices')
  assertReportValues(prices, venueShape(profile), 'prices')
  return prices
}

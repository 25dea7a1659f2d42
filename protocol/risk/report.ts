import type { TradingKey } from '../account.ts'
import { sign } from '../crypto/eddsa.ts'
import { ZkclearError } from '../errors.ts'
import { hashWords } from '../hash.ts'
import type { Signature } from '../message.ts'
import { assertUint } from '../numbers.ts'
import { BITS } from '../parameters.ts'
import type { VenueShape } from '../shape.ts'
import { isSignedBy, tradingKey } from '../signature.ts'

/** Prices of one moment: what an oracle reports, and what the medians of reports are. */
export interface ReportValues {
  /** Per underlying: quanta per unit of it, in [1, 2^47). */
  readonly indices: readonly bigint[]
  /** Per market: quanta per lot, in [1, 2^47): mark of a perpetual or future, forward of an option's expiry, 1 if not listed. */
  readonly forwards: readonly bigint[]
  /** Per market: implied volatility in ppm per square root of a year, in [0, 2^24); only options are priced by it. */
  readonly volatilities: readonly bigint[]
}

/** What an oracle signs (protocol.md#oracle-reports). It names no venue, so that it serves all. */
export interface PriceReport extends ReportValues {
  /** Names the layout and the scale of the values; 248 bits. */
  readonly feedSet: bigint
  /** Unix seconds, 40 bits. */
  readonly timestamp: bigint
}

export interface SignedReport {
  readonly report: PriceReport
  /** The oracle's. */
  readonly key: TradingKey
  readonly signature: Signature
}

/** How many values of each kind a report has. */
export type ReportShape = Pick<VenueShape, 'underlyings' | 'markets'>

/** Each value has a field of so many bits in a packed word, the first the lowest; so many make a word. */
const FIELD_BITS = 48
const FIELDS_PER_WORD = 5

/** Indices, forwards, volatilities, in this order. */
export function reportValues({ indices, forwards, volatilities }: ReportValues): bigint[] {
  return [...indices, ...forwards, ...volatilities]
}

/** How many words they are packed into. */
export function packedReportWords({ underlyings, markets }: ReportShape): number {
  return Math.ceil((underlyings + 2 * markets) / FIELDS_PER_WORD)
}

/** The values five to a word. */
export function packReportValues(report: ReportValues): bigint[] {
  const values = reportValues(report)
  return Array.from({ length: Math.ceil(values.length / FIELDS_PER_WORD) }, (_, word) =>
    values
      .slice(word * FIELDS_PER_WORD, (word + 1) * FIELDS_PER_WORD)
      .reduce((packed, value, field) => packed | (value << BigInt(field * FIELD_BITS)), 0n),
  )
}

/** The inverse. Throws INPUT_INVALID for a number of words that the shape has not, or a field beyond its values. */
export function unpackReportValues(words: readonly bigint[], { underlyings, markets }: ReportShape): ReportValues {
  const count = underlyings + 2 * markets
  const needed = packedReportWords({ underlyings, markets })
  if (words.length !== needed) throw invalid('words', `must be a list of ${needed}`)
  const mask = (1n << BigInt(FIELD_BITS)) - 1n
  const fields = words.flatMap((word, w) => {
    const used = Math.min(FIELDS_PER_WORD, count - w * FIELDS_PER_WORD)
    assertUint(word, used * FIELD_BITS, `words[${w}]`)
    return Array.from({ length: used }, (_, field) => (word >> BigInt(field * FIELD_BITS)) & mask)
  })
  return {
    indices: fields.slice(0, underlyings),
    forwards: fields.slice(underlyings, underlyings + markets),
    volatilities: fields.slice(underlyings + markets),
  }
}

/** Throws INPUT_INVALID, naming the field, unless every value is in its range and there are as many as the shape has. */
export function assertReportValues(values: ReportValues, { underlyings, markets }: ReportShape, path: string): void {
  for (const [name, length, bits, least] of [
    ['indices', underlyings, BITS.indexPrice, 1n],
    ['forwards', markets, BITS.indexPrice, 1n],
    ['volatilities', markets, BITS.volatility, 0n],
  ] as const) {
    const list = values[name]
    if (list.length !== length) throw invalid(`${path}.${name}`, `must be a list of ${length}`)
    for (const [i, value] of list.entries()) {
      assertUint(value, bits, `${path}.${name}[${i}]`)
      if (value < least) throw invalid(`${path}.${name}[${i}]`, `must be in [${least}, 2^${bits})`)
    }
  }
}

/** The same of a whole report. */
function assertReport(report: PriceReport, shape: ReportShape): void {
  assertUint(report.feedSet, BITS.feedSet, 'report.feedSet')
  assertUint(report.timestamp, BITS.time, 'report.timestamp')
  assertReportValues(report, shape, 'report')
}

/** What an oracle signs: the digest of feed set, timestamp and packed values. */
export function hashReport(report: PriceReport): bigint {
  return hashWords('REPORT', [report.feedSet, report.timestamp, ...packReportValues(report)])
}

/**
 * EdDSA-Poseidon of the report by an oracle's key. Throws INPUT_INVALID, naming the field, for a report that could not be used.
 *
 * @example
 * const prices = { indices: [64_000_000_000n, 3_000_000_000n], forwards: [64_100n, 1n, 1n, 1n], volatilities: [0n, 0n, 0n, 0n] }
 * const signed = signReport({ feedSet: 1n, timestamp: 1_700_000_000n, ...prices }, venueShape('small'), privateKey)
 */
export function signReport(report: PriceReport, shape: ReportShape, privateKey: Uint8Array): SignedReport {
  assertReport(report, shape)
  const { R8, S } = sign(privateKey, hashReport(report))
  return { report, key: tradingKey(privateKey), signature: { R8x: R8.x, R8y: R8.y, S } }
}

/** Whether it is well-formed and the signature is of the key that it names. Whether that is an oracle's, parameters say. */
export function isReportValid({ report, key, signature }: SignedReport, shape: ReportShape): boolean {
  return isReport(report, shape) && isSignedBy(hashReport(report), signature, key)
}

export function isReport(report: PriceReport, shape: ReportShape): boolean {
  try {
    assertReport(report, shape)
    return true
  } catch (error) {
    if (error instanceof ZkclearError) return false
    throw error
  }
}

function invalid(path: string, message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path })
}

import type { TypedDataDomain, TypedDataField } from 'ethers'
import { z } from 'zod'
import { requireAddress } from '../protocol/address.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { BITS } from '../protocol/parameters.ts'
import { assertReportValues, type PriceReport } from '../protocol/risk/report.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { assertProfile, decodeWith, fileHead, list, time, uint } from '../venue/files/schema.ts'
import type { JsonSource } from './json-source.ts'
import type { PriceSource } from './price-source.ts'

/** What a publisher signs with a wallet (EIP-712). It names no chain: the report is the same for all. */
export const PUBLISHER_DOMAIN: TypedDataDomain = { name: 'zkclear price report', version: '1' }
export const PUBLISHER_TYPES: Readonly<Record<string, TypedDataField[]>> = {
  PriceReport: [
    { name: 'feedSet', type: 'uint248' },
    { name: 'timestamp', type: 'uint40' },
    { name: 'indices', type: 'uint48[]' },
    { name: 'forwards', type: 'uint48[]' },
    { name: 'volatilities', type: 'uint24[]' },
  ],
}

const publishedFile = z.strictObject({
  ...fileHead,
  feedSet: uint(BITS.feedSet),
  timestamp: time,
  indices: list(uint(BITS.indexPrice)),
  forwards: list(uint(BITS.indexPrice)),
  volatilities: list(uint(BITS.volatility)),
  signature: z.string('must be 65 bytes in hex').regex(/^0x[0-9a-fA-F]{130}$/, 'must be 65 bytes in hex'),
})

/**
 * The prices that a publisher signed as typed data, from whatever hands them out: `{ version: 1, profile, feedSet, timestamp, indices,
 * forwards, volatilities, signature }`. They are those of the publisher's second. A report of another feed set or of anybody
 * else is SOURCE_UNAVAILABLE. Tested with signatures of ethers' wallets: the type is ours, and no publisher is known to sign it.
 */
export function publisherPrices(
  source: JsonSource,
  {
    publisher,
    feedSet,
    profile,
  }: { readonly publisher: string; readonly feedSet: bigint; readonly profile: ProfileName },
): PriceSource {
  const address = requireAddress(publisher, 'publisher')
  const refuse = (what: string) => new ZkclearError('SOURCE_UNAVAILABLE', `${source.name} ${what}`)
  return {
    name: source.name,
    async read(signal) {
      const file = decodeWith(publishedFile, await source.read(signal), 'INPUT_INVALID', 'published')
      const { version: _, profile: found, signature, ...report } = file
      assertProfile(found, profile, 'INPUT_INVALID', 'published')
      assertReportValues(report, venueShape(profile), 'published')
      if (report.feedSet !== feedSet) throw refuse(`has prices of feed set ${report.feedSet}, not of ${feedSet}`)
      const { getAddress } = await import('ethers')
      const signer = await publisherOf(report, signature)
      if (signer !== getAddress(address.toLowerCase())) throw refuse(`has prices that ${address} did not sign`)
      const { feedSet: __, ...prices } = report
      return prices
    },
  }
}

/** Who signed; undefined for a signature of nobody. */
async function publisherOf(report: PriceReport, signature: string): Promise<string | undefined> {
  const { verifyTypedData } = await import('ethers')
  try {
    return verifyTypedData(PUBLISHER_DOMAIN, { ...PUBLISHER_TYPES }, report, signature)
  } catch {
    return undefined
  }
}

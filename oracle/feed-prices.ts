import type { Contract, Provider } from 'ethers'
import { z } from 'zod'
import { requireAddress } from '../protocol/address.ts'
import { BITS } from '../protocol/parameters.ts'
import { assertReportValues, type ReportShape } from '../protocol/risk/report.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { abortable } from '../settlement/abortable.ts'
import { assertProfile, decodeWith, fileHead, list, uint } from '../venue/files/schema.ts'
import { invalid } from '../venue/files/state-file.ts'
import { limited, unavailable } from './json-source.ts'
import type { PriceSource } from './price-source.ts'

/** What of Chainlink's aggregator interface is read. */
const AGGREGATOR = [
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
]

const TIMEOUT_MS = 15_000

const value = z.union(
  [
    z.strictObject({ constant: uint(BITS.indexPrice) }),
    z.strictObject({
      aggregator: z.string('must be an address'),
      /** Quanta (or ppm) for an answer of 1. */
      scale: uint(128),
      /** Most seconds since the aggregator's last update. */
      maxAge: uint(BITS.time),
    }),
  ],
  'must be { "aggregator", "scale", "maxAge" } or { "constant" }',
)

const feedsFile = z.strictObject({
  ...fileHead,
  indices: list(value),
  forwards: list(value),
  volatilities: list(value),
})

/** Where each value of a feed set comes from. */
export type Feeds = Pick<z.output<typeof feedsFile>, 'indices' | 'forwards' | 'volatilities'>
type Feed = z.output<typeof value>

/** Feeds file: `{ version: 1, profile, indices, forwards, volatilities }`, lists of feeds. Throws INPUT_INVALID, naming the field. */
export function decodeFeeds(json: unknown, profile: ProfileName): Feeds {
  const { version: _, profile: found, ...feeds } = decodeWith(feedsFile, json, 'INPUT_INVALID', 'feeds')
  assertProfile(found, profile, 'INPUT_INVALID', 'feeds')
  const { underlyings, markets } = venueShape(profile)
  for (const [name, length] of [
    ['indices', underlyings],
    ['forwards', markets],
    ['volatilities', markets],
  ] as const) {
    if (feeds[name].length !== length) throw invalid(`feeds.${name}`, `must be a list of ${length}`)
    for (const [i, feed] of feeds[name].entries()) {
      if ('aggregator' in feed) requireAddress(feed.aggregator, `feeds.${name}[${i}].aggregator`)
    }
  }
  return feeds
}

/**
 * Prices from contracts with Chainlink's aggregator interface: floor(answer * scale / 10^decimals), all at the newest block, whose
 * time they are of. An answer that is not positive, from the future or older than its maxAge is SOURCE_UNAVAILABLE: no price
 * is better than a wrong one. Tested against a mock of the interface on a real local chain, and against no feed of Chainlink's.
 */
export function feedPrices(provider: Provider, feeds: Feeds, shape: ReportShape): PriceSource {
  const name = 'the chain'
  return {
    name,
    read: (signal) =>
      limited(name, TIMEOUT_MS, signal, async (limit) => {
        const { Contract } = await import('ethers')
        const block = await answered(provider.getBlock('latest'), limit, 'cannot be read')
        if (block === null) throw unavailable(name, 'has no newest block')
        const contracts = new Map<string, Contract>()
        const contractAt = (address: string) => {
          const known = contracts.get(address) ?? new Contract(address, AGGREGATOR, provider)
          contracts.set(address, known)
          return known
        }
        const read = (feed: Feed, path: string) =>
          'constant' in feed ? feed.constant : answerOf(contractAt(feed.aggregator), feed, block, path, limit)
        const all = (list: readonly Feed[], what: string) =>
          Promise.all(list.map((feed, i) => read(feed, `${what}[${i}]`)))
        const [indices, forwards, volatilities] = await Promise.all([
          all(feeds.indices, 'indices'),
          all(feeds.forwards, 'forwards'),
          all(feeds.volatilities, 'volatilities'),
        ])
        const prices = { indices, forwards, volatilities, timestamp: BigInt(block.timestamp) }
        assertReportValues(prices, shape, 'feeds')
        return prices
      }),
  }
}

interface Round {
  readonly answer: bigint
  readonly updatedAt: bigint
}

async function answerOf(
  contract: Contract,
  { aggregator, scale, maxAge }: Exclude<Feed, { readonly constant: bigint }>,
  { number, timestamp }: { readonly number: number; readonly timestamp: number },
  path: string,
  signal: AbortSignal,
): Promise<bigint> {
  const at = { blockTag: number }
  const asked = Promise.all([
    contract.getFunction('decimals').staticCall(at),
    contract.getFunction('latestRoundData').staticCall(at),
  ]) as Promise<[bigint, Round]>
  const [decimals, { answer, updatedAt }] = await answered(
    asked,
    signal,
    `has no answering feed at ${aggregator} (${path})`,
  )
  const feed = `has a feed at ${aggregator} (${path})`
  if (answer <= 0n) throw unavailable('the chain', `${feed} whose answer is ${answer}`)
  const age = BigInt(timestamp) - updatedAt
  if (age < 0n) throw unavailable('the chain', `${feed} that was updated ${-age} s after the newest block`)
  if (age > maxAge) throw unavailable('the chain', `${feed} that was updated ${age} s ago, and ${maxAge} are allowed`)
  return (answer * scale) / 10n ** decimals
}

/** What comes of a promise of ethers, which knows no signal; its failure is SOURCE_UNAVAILABLE. */
async function answered<T>(promise: Promise<T>, signal: AbortSignal, what: string): Promise<T> {
  try {
    return await abortable(promise, signal)
  } catch (cause) {
    if (signal.aborted) throw cause
    throw unavailable('the chain', `${what} (${(cause as { code?: string }).code ?? 'no answer'})`, cause)
  }
}

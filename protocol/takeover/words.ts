import { hashAccount } from '../account.ts'
import { type BatchHead, batchHead, batchHeadOf, HEAD_FIELDS, HEAD_WORDS, packBatchHead } from '../batch-words.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { ZkclearError } from '../errors.ts'
import { assertCanonical, assertUint } from '../numbers.ts'
import { BITS } from '../parameters.ts'
import { type Portfolio, packPortfolio, portfolioLength, unpackPortfolio } from '../portfolio.ts'
import type { VenueShape } from '../shape.ts'
import { accountAt } from '../state.ts'
import type { Takeover } from './pass.ts'

/** All that is public of a takeover (protocol.md#takeover-words). */
export interface TakeoverData extends BatchHead {
  readonly victim: number
  readonly bidder: number
  /** Of the bid: the bidder's afterwards. */
  readonly nonce: bigint
  /** Unix seconds from which the victim was to be had, and at which the guardian's last pause ended. */
  readonly opens: bigint
  readonly resumedAt: bigint
  /** Quanta; what is below 0 the house paid. */
  readonly price: bigint
  /** Leaves of victim and bidder afterwards, and the house's; 0 where it paid nothing. */
  readonly victimLeaf: bigint
  readonly bidderLeaf: bigint
  readonly houseLeaf: bigint
  /** What the victim held, its funding realised. */
  readonly portfolio: Portfolio
}

type Sizes = Pick<VenueShape, 'markets' | 'collaterals'>

/** The words between the head and the portfolio. */
const OWN_FIELDS = ['accounts', 'times', 'price', 'victimLeaf', 'bidderLeaf', 'houseLeaf'] as const
const OWN_WORDS = OWN_FIELDS.length
const PRICE_OFFSET = 1n << BigInt(BITS.collateral)

/** How many words a takeover has. */
export function takeoverWordCount(sizes: Sizes): number {
  return HEAD_WORDS + OWN_WORDS + portfolioLength(sizes)
}

/** What stands at that place among the words. */
export function nameOfTakeoverWord(place: number): string {
  return [...HEAD_FIELDS, ...OWN_FIELDS][place] ?? `word ${place - HEAD_WORDS - OWN_WORDS} of the portfolio`
}

/** What a takeover makes public. */
export function takeoverData(takeover: Takeover): TakeoverData {
  const { context, after, bid, opens, subsidy, portfolio } = takeover
  const { victim, bidder, nonce, price } = bid.bid
  const leaf = (index: number) => hashAccount(accountAt(after, index)!)
  return {
    ...batchHead(takeover),
    ...{ victim, bidder, nonce, opens, resumedAt: context.resumedAt, price },
    ...{ victimLeaf: leaf(victim), bidderLeaf: leaf(bidder), houseLeaf: subsidy === 0n ? 0n : leaf(HOUSE) },
    portfolio,
  }
}

/** The words of a takeover, in order. Throws INPUT_INVALID, naming the word that does not fit. */
export function packTakeoverData(data: TakeoverData): bigint[] {
  const [victim, bidder] = (['victim', 'bidder'] as const).map((name) => {
    return assertUint(BigInt(data[name]), BITS.account, name)
  }) as [bigint, bigint]
  const opens = assertUint(data.opens, BITS.time + 1, 'opens')
  const words = [
    ...packBatchHead(data),
    (((victim << BigInt(BITS.account)) | bidder) << BigInt(BITS.nonce)) | assertUint(data.nonce, BITS.nonce, 'nonce'),
    (opens << BigInt(BITS.time)) | assertUint(data.resumedAt, BITS.time, 'resumedAt'),
    assertUint(data.price + PRICE_OFFSET, BITS.collateral + 1, 'price'),
    ...[data.victimLeaf, data.bidderLeaf, data.houseLeaf],
    ...packPortfolio(data.portfolio),
  ]
  for (const [i, word] of words.entries()) assertCanonical(word, `words[${i}]`)
  return words
}

/** The inverse of {@link packTakeoverData}. Throws INPUT_INVALID for words that no takeover of such a venue has. */
export function unpackTakeoverData(words: readonly bigint[], sizes: Sizes): TakeoverData {
  const count = takeoverWordCount(sizes)
  if (words.length !== count) refuse(`${words.length} words; a takeover of this profile has ${count}`, 'words')
  const [accounts, times, price, victimLeaf, bidderLeaf, houseLeaf] = words.slice(HEAD_WORDS) as [
    ...[accounts: bigint, times: bigint, price: bigint],
    ...[victimLeaf: bigint, bidderLeaf: bigint, houseLeaf: bigint],
  ]
  const low = (word: bigint, bits: number) => word & ((1n << BigInt(bits)) - 1n)
  const data: TakeoverData = {
    ...batchHeadOf(words),
    victim: Number(accounts >> BigInt(BITS.account + BITS.nonce)),
    bidder: Number(low(accounts >> BigInt(BITS.nonce), BITS.account)),
    nonce: low(accounts, BITS.nonce),
    opens: times >> BigInt(BITS.time),
    resumedAt: low(times, BITS.time),
    price: price - PRICE_OFFSET,
    ...{ victimLeaf, bidderLeaf, houseLeaf },
    portfolio: unpackPortfolio(words.slice(HEAD_WORDS + OWN_WORDS), sizes),
  }
  const wrong = packTakeoverData(data).findIndex((word, i) => word !== words[i])
  if (wrong >= 0) refuse('is no word of a takeover', `words[${wrong}]`)
  return data
}

function refuse(message: string, path: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path })
}

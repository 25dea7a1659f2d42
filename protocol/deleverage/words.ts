import { hashAccount } from '../account.ts'
import { type BatchHead, batchHead, batchHeadOf, HEAD_FIELDS, HEAD_WORDS, packBatchHead } from '../batch-words.ts'
import { ZkclearError } from '../errors.ts'
import { assertCanonical, assertUint } from '../numbers.ts'
import { BITS } from '../parameters.ts'
import { accountAt } from '../state.ts'
import type { Deleveraging } from './close.ts'

/** All that is public of a deleveraging (protocol.md#deleverage-words). */
export interface DeleveragingData extends BatchHead {
  readonly victim: number
  readonly counterparty: number
  readonly market: number
  /** What the table says of the market: with it each owner follows the account. */
  readonly mark: bigint
  readonly fundingIndex: bigint
  /** Whether it is shown that the house could not have paid. */
  readonly houseFails: boolean
  /** Unix seconds from which the victim was to be had, and at which the guardian's last pause ended. */
  readonly opens: bigint
  readonly resumedAt: bigint
  readonly lots: bigint
  /** Quanta: what the counterparty paid beyond the mark, and what a bidder could have asked of the house for all that the victim held. */
  readonly surcharge: bigint
  readonly asked: bigint
  readonly score: bigint
  /** Leaves of both afterwards. */
  readonly victimLeaf: bigint
  readonly counterpartyLeaf: bigint
}

const SURCHARGE_BITS = BITS.position + BITS.price
/** Of a deficit below 2^127, and a risk with haircuts below 2^149. */
const ASKED_BITS = BITS.collateral + BITS.collateralPrice + 6
/** Wide enough wherever a position is worth less than 2^66 quanta, as at every table that was proved. */
export const SCORE_BITS = BITS.notional + BITS.weight

/** Added to a funding index, so that it is not below 0 in a word. */
const INDEX_OFFSET = 1n << BigInt(BITS.fundingIndex)

/** Fields of each word before the leaves, most significant first. */
const LAYOUT = [
  [
    ['victim', BITS.account],
    ['counterparty', BITS.account],
    ['market', BITS.market],
    ['mark', BITS.price],
    ['fundingIndex', BITS.fundingIndex + 1],
    ['houseFails', 1],
  ],
  [
    ['opens', BITS.time + 1],
    ['resumedAt', BITS.time],
  ],
  [
    ['lots', BITS.position],
    ['surcharge', SURCHARGE_BITS],
  ],
  [
    ['asked', ASKED_BITS],
    ['score', SCORE_BITS],
  ],
] as const

const LEAVES = ['victimLeaf', 'counterpartyLeaf'] as const

/** How many words a deleveraging has. */
export const DELEVERAGING_WORDS = HEAD_WORDS + LAYOUT.length + LEAVES.length

/** What stands at that place among the words. */
export function nameOfDeleveragingWord(place: number): string {
  const names = LAYOUT.map((fields) => fields.map(([name]) => name).join(' | '))
  return [...HEAD_FIELDS, ...names, ...LEAVES][place]!
}

/** What a deleveraging makes public. */
export function deleveragingData(made: Deleveraging): DeleveragingData {
  const { context, after, closing, opens, surcharge, asked, score, houseFails } = made
  const [victimLeaf, counterpartyLeaf] = [closing.victim, closing.counterparty].map((index) => {
    return hashAccount(accountAt(after, index)!)
  }) as [bigint, bigint]
  const { mark, fundingIndex } = context.riskTable.markets[closing.market]!
  return {
    ...batchHead(made),
    ...closing,
    ...{ mark, fundingIndex },
    ...{ houseFails, opens, resumedAt: context.resumedAt, surcharge, asked, score },
    ...{ victimLeaf, counterpartyLeaf },
  }
}

/** The words of a deleveraging, in order. Throws INPUT_INVALID, naming the field that does not fit. */
export function packDeleveragingData(data: DeleveragingData): bigint[] {
  const numbers = { ...data, fundingIndex: data.fundingIndex + INDEX_OFFSET }
  const words = LAYOUT.map((fields) =>
    fields.reduce((word, [name, bits]) => (word << BigInt(bits)) | assertUint(BigInt(numbers[name]), bits, name), 0n),
  )
  const leaves = LEAVES.map((name) => assertCanonical(data[name], name))
  return [...packBatchHead(data), ...words, ...leaves]
}

/** The inverse of {@link packDeleveragingData}. Throws INPUT_INVALID for words that no deleveraging has. */
export function unpackDeleveragingData(words: readonly bigint[]): DeleveragingData {
  if (words.length !== DELEVERAGING_WORDS)
    refuse(`${words.length} words; a deleveraging has ${DELEVERAGING_WORDS}`, 'words')
  const read: Record<string, bigint> = {}
  for (const [i, fields] of LAYOUT.entries()) {
    let rest = words[HEAD_WORDS + i]!
    for (const [name, bits] of fields.toReversed()) {
      read[name] = rest & ((1n << BigInt(bits)) - 1n)
      rest >>= BigInt(bits)
    }
    if (rest !== 0n) refuse('is no word of a deleveraging', `words[${HEAD_WORDS + i}]`)
  }
  const { victim, counterparty, market, fundingIndex, houseFails, ...numbers } = read as Record<
    (typeof LAYOUT)[number][number][0],
    bigint
  >
  const [victimLeaf, counterpartyLeaf] = words.slice(-2) as [bigint, bigint]
  const data: DeleveragingData = {
    ...batchHeadOf(words),
    ...{ victim: Number(victim), counterparty: Number(counterparty), market: Number(market) },
    ...{ fundingIndex: fundingIndex - INDEX_OFFSET, houseFails: houseFails === 1n, ...numbers },
    ...{ victimLeaf, counterpartyLeaf },
  }
  packDeleveragingData(data)
  return data
}

function refuse(message: string, path: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path })
}

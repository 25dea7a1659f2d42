import { hashAccount } from '../account.ts'
import type { UpdateWords } from '../account-update.ts'
import { type BatchHead, batchHead, batchHeadOf, HEAD_FIELDS, HEAD_WORDS, packBatchHead } from '../batch-words.ts'
import { encryptUpdate } from '../encryption.ts'
import { ZkclearError } from '../errors.ts'
import { assertCanonical, assertUint } from '../numbers.ts'
import { BITS } from '../parameters.ts'
import { accountSlots, inSlots } from './account-slots.ts'
import type { TradeBatch } from './trade-batch.ts'

/** What a trade batch makes public of an account that it touched. */
export interface PublishedAccount {
  readonly index: number
  /** Hash of its leaf after the batch. */
  readonly leaf: bigint
  /** What changed of it, for those who have its view key (protocol.md#encryption). */
  readonly update: UpdateWords
}

/** All that is public of a trade batch. */
export interface TradeData extends BatchHead {
  /** Whether positions could only be closed (protocol.md#closing-only). */
  readonly closingOnly: boolean
  /** In the order of their slots; none stands there twice (protocol.md#account-slots). */
  readonly accounts: readonly PublishedAccount[]
  /** How many accounts a batch of this size has room for. */
  readonly slots: number
}

/** The place of closingOnly, 0 or 1: Settlement knows which it must be. */
const CLOSING_ONLY = HEAD_WORDS
const ENTRIES = CLOSING_ONLY + 1
const ACCOUNT_WORDS = 3
/** One bit and an index. */
const ENTRY_BITS = BITS.account + 1
/** Entries in one word: as many as stay below 2^253. */
const ENTRIES_PER_WORD = Math.floor(253 / ENTRY_BITS)

/** How many words a batch with room for that many accounts has. */
export function tradeWordCount(slots: number): number {
  return firstLeaf(slots) + ACCOUNT_WORDS * slots
}

/** What the word at that place is, for people. */
export function nameOfTradeWord(place: number, slots: number): string {
  if (place < HEAD_WORDS) return HEAD_FIELDS[place]!
  if (place === CLOSING_ONLY) return 'closingOnly'
  const first = firstLeaf(slots)
  if (place < first) return `word ${place - ENTRIES} of the touched indices`
  const [slot, word] = [Math.floor((place - first) / ACCOUNT_WORDS), (place - first) % ACCOUNT_WORDS]
  return `${['leaf', 'first word', 'second word'][word]} of account slot ${slot}`
}

/** What a batch makes public. Throws INPUT_INVALID for an account without a view key. */
export function tradeData(batch: TradeBatch): TradeData {
  const { context } = batch
  // It hashes all leaves together.
  const head = batchHead(batch)
  const accounts = inSlots(batch).map(({ index, after }) => {
    return { index, leaf: hashAccount(after), update: encryptUpdate(after.viewKey, after, context.market) }
  })
  return {
    ...head,
    closingOnly: context.closingOnly ?? false,
    accounts,
    slots: accountSlots(context.sizes),
  }
}

/** The words of a batch, in order. Throws INPUT_INVALID, naming what does not fit. */
export function packTradeData({ closingOnly, accounts, slots, ...head }: TradeData): bigint[] {
  if (accounts.length > slots) refuse(`${accounts.length} accounts; there is room for ${slots}`, 'accounts')
  const entries = Array.from({ length: slots }, (_, t) => packEntry(accounts[t]?.index))
  const words = [...packBatchHead(head), closingOnly ? 1n : 0n]
  for (let from = 0; from < slots; from += ENTRIES_PER_WORD) {
    const some = entries.slice(from, from + ENTRIES_PER_WORD)
    words.push(some.reduceRight((word, entry) => (word << BigInt(ENTRY_BITS)) | entry, 0n))
  }
  for (let t = 0; t < slots; t++) {
    const { leaf, update } = accounts[t] ?? { leaf: 0n, update: [0n, 0n] }
    words.push(assertCanonical(leaf, `accounts[${t}].leaf`))
    for (const word of update) words.push(assertCanonical(word, `accounts[${t}].update`))
  }
  return words
}

/** The inverse of {@link packTradeData}. Throws INPUT_INVALID for words that no batch has. */
export function unpackTradeData(words: readonly bigint[]): TradeData {
  const slots = slotsOf(words.length)
  const first = firstLeaf(slots)
  const accounts: PublishedAccount[] = []
  for (let t = 0; t < slots; t++) {
    const place = ENTRIES + Math.floor(t / ENTRIES_PER_WORD)
    const entry = (words[place]! >> BigInt((t % ENTRIES_PER_WORD) * ENTRY_BITS)) & ((1n << BigInt(ENTRY_BITS)) - 1n)
    if ((entry & 1n) === 0n) continue
    const index = Number(entry >> 1n)
    if (accounts.some((before) => before.index === index)) refuse('names an account twice', `words[${place}]`)
    const [leaf, one, two] = words.slice(first + ACCOUNT_WORDS * t)
    accounts.push({ index, leaf: leaf!, update: [one!, two!] })
  }
  const data = { ...batchHeadOf(words), closingOnly: words[CLOSING_ONLY] === 1n, accounts, slots }
  const wrong = packTradeData(data).findIndex((word, i) => word !== words[i])
  if (wrong >= 0) refuse('is no word of a trade batch', `words[${wrong}]`)
  return data
}

function firstLeaf(slots: number): number {
  return ENTRIES + Math.ceil(slots / ENTRIES_PER_WORD)
}

/** 2 * index + 1, or 0 for a slot that is not used. */
function packEntry(index: number | undefined): bigint {
  return index === undefined ? 0n : 2n * assertUint(BigInt(index), BITS.account, 'index') + 1n
}

function slotsOf(count: number): number {
  for (let slots = 1; tradeWordCount(slots) <= count; slots++) if (tradeWordCount(slots) === count) return slots
  return refuse(`${count} words, which no size of trade batch has`, 'words')
}

function refuse(message: string, path: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path })
}

import { hashAccount } from '../account.ts'
import { type BatchHead, batchHead, batchHeadOf, HEAD_FIELDS, HEAD_WORDS, packBatchHead } from '../batch-words.ts'
import { ZkclearError } from '../errors.ts'
import { assertCanonical, assertUint } from '../numbers.ts'
import { BITS, CASH_KINDS, type CashKind } from '../parameters.ts'
import { type Portfolio, packPortfolio, portfolioLength, portfolioOf, unpackPortfolio } from '../portfolio.ts'
import type { VenueShape } from '../shape.ts'
import { type CashBatch, HOUSE, type Sweep } from './cash-batch.ts'
import { type CashSlotData, operandsOf } from './slot-words.ts'

/** All that is public of a cash batch. */
export interface CashData extends BatchHead {
  /** All that the circuit has, unused ones last. */
  readonly slots: readonly CashSlotData[]
  readonly markets: number
  readonly collaterals: number
  /** What the account held that the first slot flagged; undefined where it flagged none. */
  readonly portfolio: Portfolio | undefined
  readonly sweep: (Sweep & { readonly houseLeaf: bigint }) | undefined
}

const SLOT_WORDS = 5
/** How many slots are used, and the batch's sizes; the sweep; the house's leaf. */
const LAST_WORDS = 3
/** Bits of each of the four numbers of the word of sizes. */
const COUNT_BITS = 8

type Sizes = Pick<VenueShape, 'markets' | 'collaterals'> & { readonly slots: number }

const UNUSED: CashSlotData = {
  kind: 'NONE',
  account: 0,
  counterAccount: 0,
  asset: 0,
  a: 0n,
  b: 0n,
  c: 0n,
  leaf: 0n,
}

/** How many words a batch of those sizes has, whether or not its slots are used. */
export function cashWordCount({ slots, ...sizes }: Sizes): number {
  return HEAD_WORDS + slots * SLOT_WORDS + portfolioLength(sizes) + LAST_WORDS
}

/** What the word at that place is, for people. */
export function nameOfCashWord(place: number, sizes: Sizes): string {
  if (place < HEAD_WORDS) return HEAD_FIELDS[place]!
  const last = cashWordCount(sizes) - LAST_WORDS
  if (place >= last) return ['sizes', 'sweep', 'houseLeaf'][place - last]!
  const portfolio = HEAD_WORDS + sizes.slots * SLOT_WORDS
  if (place >= portfolio) return `word ${place - portfolio} of the portfolio`
  const [slot, word] = [Math.floor((place - HEAD_WORDS) / SLOT_WORDS), (place - HEAD_WORDS) % SLOT_WORDS]
  return `word ${['head', 'a', 'b', 'c', 'leaf'][word]} of slot ${slot}`
}

/** What a batch makes public. */
export function cashData(transition: CashBatch): CashData {
  const { context, before, after, sweep } = transition
  const { markets, collaterals } = before.shape
  const [first] = transition.slots
  const slots = transition.slots.map((slot): CashSlotData => ({ ...operandsOf(slot), leaf: hashAccount(slot.after) }))
  const unused = new Array<CashSlotData>(context.sizes.slots - slots.length).fill(UNUSED)
  return {
    ...batchHead(transition),
    slots: [...slots, ...unused],
    ...{ markets, collaterals },
    portfolio: first?.kind === 'FLAG' ? portfolioOf(first.after) : undefined,
    sweep: sweep && { ...sweep, houseLeaf: hashAccount(after.accounts.get(HOUSE)!) },
  }
}

/** The words of a batch, in order. Throws INPUT_INVALID, naming the word that does not fit. */
export function packCashData({ slots, markets, collaterals, portfolio, sweep, ...head }: CashData): bigint[] {
  const used = slots.filter(({ kind }) => kind !== 'NONE').length
  const none = new Array<bigint>(portfolioLength({ markets, collaterals })).fill(0n)
  const words = [
    ...packBatchHead(head),
    ...slots.flatMap((slot) => [packHead(slot), slot.a, slot.b, slot.c, slot.leaf]),
    ...(portfolio === undefined ? none : packPortfolio(portfolio)),
    packSizes([used, slots.length, markets, collaterals]),
    sweep === undefined ? 0n : packSweep(sweep),
    sweep === undefined ? 0n : sweep.houseLeaf,
  ]
  for (const [i, word] of words.entries()) assertCanonical(word, `words[${i}]`)
  return words
}

/** The inverse of {@link packCashData}. Throws INPUT_INVALID for words that no batch has. */
export function unpackCashData(words: readonly bigint[]): CashData {
  if (words.length <= HEAD_WORDS + LAST_WORDS) refuse(`${words.length} words; a batch has more`, 'words')
  const sizes = unpackSizes(words.at(-LAST_WORDS)!)
  const { slots, markets, collaterals } = sizes
  const count = cashWordCount(sizes)
  if (slots < 1 || words.length !== count) {
    refuse(
      `${words.length} words; a batch of ${slots} slots, ${markets} markets and ${collaterals} assets has ${count}`,
      'words',
    )
  }
  const at = (slot: number) => HEAD_WORDS + slot * SLOT_WORDS
  const portfolio = words.slice(at(slots), -LAST_WORDS)
  const data: CashData = {
    ...batchHeadOf(words),
    slots: Array.from({ length: slots }, (_, slot) => {
      const [head, a, b, c, leaf] = words.slice(at(slot))
      return { ...unpackHead(head!, `words[${at(slot)}]`), a: a!, b: b!, c: c!, leaf: leaf! }
    }),
    ...{ markets, collaterals },
    portfolio: portfolio.every((word) => word === 0n) ? undefined : unpackPortfolio(portfolio, sizes),
    sweep: unpackSweep(words.at(-2)!, words.at(-1)!),
  }
  const flags = data.slots[0]!.kind === 'FLAG'
  if (flags !== (data.portfolio !== undefined)) {
    refuse(
      flags ? 'tells no portfolio of whom slot 0 flags' : 'tells a portfolio, and slot 0 flags nobody',
      `words[${at(slots)}]`,
    )
  }
  const wrong = packCashData(data).findIndex((word, i) => word !== words[i])
  if (wrong >= 0) refuse('is no word of a cash batch', `words[${wrong}]`)
  return data
}

/** kind | account | counterAccount | asset, as in a cash message. */
function packHead({ kind, account, counterAccount, asset }: Omit<CashSlotData, 'a' | 'b' | 'c' | 'leaf'>): bigint {
  const fields = [
    [BigInt(CASH_KINDS[kind]), BITS.cashKind, 'kind'],
    [BigInt(account), BITS.account, 'account'],
    [BigInt(counterAccount), BITS.account, 'counterAccount'],
    [BigInt(asset), BITS.asset, 'asset'],
  ] as const
  return fields.reduce((word, [value, bits, name]) => (word << BigInt(bits)) | assertUint(value, bits, name), 0n)
}

function unpackHead(word: bigint, path: string) {
  const [rest, asset] = split(word, BITS.asset)
  const [head, counterAccount] = split(rest, BITS.account)
  const [number, account] = split(head, BITS.account)
  const kind = (Object.keys(CASH_KINDS) as CashKind[]).find((name) => BigInt(CASH_KINDS[name]) === number)
  if (kind === undefined) return refuse(`names the kind ${number}, which does not exist`, path)
  return { kind, account: Number(account), counterAccount: Number(counterAccount), asset: Number(asset) }
}

/** used slots | slots | markets | assets. */
function packSizes(sizes: readonly number[]): bigint {
  return sizes.reduce((word, size) => (word << BigInt(COUNT_BITS)) | assertUint(BigInt(size), COUNT_BITS, 'sizes'), 0n)
}

function unpackSizes(word: bigint): Sizes {
  const [above, collaterals] = split(word, COUNT_BITS)
  const [head, markets] = split(above, COUNT_BITS)
  return { slots: Number(split(head, COUNT_BITS)[1]), markets: Number(markets), collaterals: Number(collaterals) }
}

/** retires | 1 | market | amount; a batch without a sweep has 0. */
function packSweep({ market, amount, retires }: Sweep): bigint {
  const flags = retires ? 3n : 1n
  const enabled = (flags << BigInt(BITS.market)) | assertUint(BigInt(market), BITS.market, 'sweep.market')
  return (enabled << BigInt(BITS.fees)) | assertUint(amount, BITS.fees, 'sweep.amount')
}

function unpackSweep(word: bigint, houseLeaf: bigint): CashData['sweep'] {
  if (word === 0n) return undefined
  const [head, amount] = split(word, BITS.fees)
  const [flags, market] = split(head, BITS.market)
  return { market: Number(market), amount, retires: flags === 3n, houseLeaf }
}

function split(word: bigint, bits: number): [above: bigint, below: bigint] {
  return [word >> BigInt(bits), word & ((1n << BigInt(bits)) - 1n)]
}

function refuse(message: string, path: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path })
}

import { BITS, MAX_PRICE } from './parameters.ts'

export type Side = 'buy' | 'sell'

/** A resting order (protocol.md#slot). Ascending packed slots of one side are price-time priority. */
export interface Slot {
  /** 48 bits: the price of an ask, 2^48-1-price of a bid. */
  readonly priority: bigint
  /** 32 bits: order of arrival in this book. */
  readonly sequence: bigint
  /** Account index, 24 bits. */
  readonly account: number
  /** Unix seconds up to which the order lives, 40 bits. */
  readonly expiry: bigint
  /** Lots left, 48 bits. */
  readonly size: bigint
}

const SIZE = BigInt(BITS.size)
const EXPIRY = SIZE + BigInt(BITS.time)
const ACCOUNT = EXPIRY + BigInt(BITS.account)
const SEQUENCE = ACCOUNT + BigInt(BITS.sequence)

/** Bits of a slot: priority | sequence | account | expiry | size, most significant first. */
export const SLOT_BITS = Number(SEQUENCE) + BITS.price

/** Bits below priority | sequence, which names an order within its side. */
export const ORDER_KEY_SHIFT = ACCOUNT

/** What an unused place of a window holds: it sorts behind every order. */
export const EMPTY_SLOT = (1n << BigInt(SLOT_BITS)) - 1n

const mask = (bits: number) => (1n << BigInt(bits)) - 1n
const SEQUENCE_MASK = mask(BITS.sequence)
const ACCOUNT_MASK = mask(BITS.account)
const EXPIRY_MASK = mask(BITS.time)
const SIZE_MASK = mask(BITS.size)

export function packSlot(slot: Slot): bigint {
  return (
    (slot.priority << SEQUENCE) |
    (slot.sequence << ACCOUNT) |
    (BigInt(slot.account) << EXPIRY) |
    (slot.expiry << SIZE) |
    slot.size
  )
}

export function unpackSlot(word: bigint): Slot {
  return {
    priority: word >> SEQUENCE,
    sequence: slotSequence(word),
    account: slotAccount(word),
    expiry: (word >> SIZE) & EXPIRY_MASK,
    size: word & SIZE_MASK,
  }
}

/** The sequence number of a packed slot. */
export function slotSequence(word: bigint): bigint {
  return (word >> ACCOUNT) & SEQUENCE_MASK
}

/** The account of a packed slot. */
export function slotAccount(word: bigint): number {
  return Number((word >> EXPIRY) & ACCOUNT_MASK)
}

/** The better a price for the other side, the lower: the price of an ask, 2^48-1-price of a bid. Its own inverse. */
export function priority(side: Side, price: bigint): bigint {
  return side === 'sell' ? price : MAX_PRICE + 1n - price
}

export function opposite(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy'
}

/** priority | sequence of an order: its name within its side, and its place in the queue. */
export function orderKey(side: Side, price: bigint, sequence: bigint): bigint {
  return (priority(side, price) << BigInt(BITS.sequence)) | sequence
}

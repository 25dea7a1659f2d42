import { ZkclearError } from './errors.ts'
import { isUint } from './numbers.ts'
import { BITS, MAX_PRICE, TIME_IN_FORCE, type TimeInForce } from './parameters.ts'
import type { Side } from './slot.ts'

interface MessageHead {
  /** Market index, 8 bits. */
  readonly market: number
  /** Account index, 24 bits. */
  readonly account: number
  /** 64 bits; must exceed the account's last one, gaps allowed. A cancel with 0 is unsigned: see {@link isUnsigned}. */
  readonly nonce: bigint
}

interface Priced extends MessageHead {
  readonly side: Side
  /** Quanta per lot, in [1, 2^48-2]. */
  readonly price: bigint
}

export interface LimitOrder extends Priced {
  readonly kind: 'order'
  /** Lots, 48 bits; an order below the market's minOrder is without effect. */
  readonly size: bigint
  readonly timeInForce: TimeInForce
  /** Only with IOC: the size is capped by the position that it can reduce. */
  readonly reduceOnly: boolean
  /** Unix seconds up to and including which the order lives, 40 bits. */
  readonly expiry: bigint
}

/** Takes back the account's resting order with that side, price and sequence number; without effect if there is none. */
export interface Cancel extends Priced {
  readonly kind: 'cancel'
  readonly sequence: bigint
}

/**
 * Takes back all resting orders that the account has in the market on one side, or on both (protocol.md#cancel-all); without effect
 * if there is none. Its nonce is at least 1.
 */
export interface CancelAll extends MessageHead {
  readonly kind: 'cancel-all'
  readonly side: Side | 'both'
}

export type Message = LimitOrder | Cancel | CancelAll

/** EdDSA-Poseidon over BabyJubJub, as circomlibjs makes it. */
export interface Signature {
  readonly R8x: bigint
  readonly R8y: bigint
  readonly S: bigint
}

/** Fields of a message's word, most significant first (protocol.md#message-word); those that a cancel of either kind does not use are 0. */
export const MESSAGE_LAYOUT = [
  ['kind', 1],
  ['market', BITS.market],
  ['account', BITS.account],
  ['side', 1],
  ['price', BITS.price],
  ['size', BITS.size],
  ['timeInForce', BITS.timeInForce],
  ['reduceOnly', 1],
  ['expiry', BITS.time],
  ['nonce', BITS.nonce],
] as const

/** What a cancel of all orders has for a timeInForce, which no order has: in its word, and in that of what is in hand. */
export const ALL = 3n

export const MESSAGE_BITS = MESSAGE_LAYOUT.reduce((sum, [, bits]) => sum + bits, 0)

export type MessageField = (typeof MESSAGE_LAYOUT)[number][0]

/**
 * The numbers of a message, one per field of its word. A cancel has its sequence number where an order has its size; one of all
 * orders has {@link ALL} for a timeInForce, and 1 for reduceOnly if it is for both sides.
 */
export function messageFields(message: Message): Record<MessageField, bigint> {
  const order = message.kind === 'order' ? message : undefined
  const all = message.kind === 'cancel-all' ? message : undefined
  return {
    kind: order === undefined ? 1n : 0n,
    market: BigInt(message.market),
    account: BigInt(message.account),
    side: message.side === 'sell' ? 1n : 0n,
    price: message.kind === 'cancel-all' ? 0n : message.price,
    size: message.kind === 'order' ? message.size : message.kind === 'cancel' ? message.sequence : 0n,
    timeInForce: all !== undefined ? ALL : order === undefined ? 0n : BigInt(TIME_IN_FORCE[order.timeInForce]),
    reduceOnly: order?.reduceOnly || all?.side === 'both' ? 1n : 0n,
    expiry: order?.expiry ?? 0n,
    nonce: message.nonce,
  }
}

/** The message as one word of 237 bits. Throws INPUT_INVALID for a malformed message. */
export function packMessage(message: Message): bigint {
  const fields = assertWellFormed(message)
  return MESSAGE_LAYOUT.reduce((word, [name, bits]) => (word << BigInt(bits)) | fields[name], 0n)
}

/**
 * Whether the message needs no signature: a cancel with nonce 0, which is above no account's last one. Anybody may take
 * back the order of a barred account that way, and any order in a settled market (protocol.md#barred); the account's nonce
 * stays. It stands alone, in no bundle of several.
 */
export function isUnsigned(message: Message): boolean {
  return message.kind === 'cancel' && message.nonce === 0n
}

/** Throws INPUT_INVALID, naming the field, for a message that no batch can include. Gives {@link messageFields} of it. */
export function assertWellFormed(message: Message): Record<MessageField, bigint> {
  const refuse = (field: string, allowed: string) => {
    throw new ZkclearError('INPUT_INVALID', `must be ${allowed}`, { path: `message.${field}` })
  }
  if (message.kind !== 'order' && message.kind !== 'cancel' && message.kind !== 'cancel-all') {
    refuse('kind', 'order, cancel or cancel-all')
  }
  const isSide = message.side === 'buy' || message.side === 'sell'
  if (message.kind === 'cancel-all' && !isSide && message.side !== 'both') refuse('side', 'buy, sell or both')
  if (message.kind !== 'cancel-all' && !isSide) refuse('side', 'buy or sell')
  for (const name of ['market', 'account'] as const) {
    if (!Number.isInteger(message[name])) refuse(name, 'an integer')
  }
  if (message.kind === 'order' && !Object.hasOwn(TIME_IN_FORCE, message.timeInForce)) {
    refuse('timeInForce', `one of ${Object.keys(TIME_IN_FORCE).join(', ')}`)
  }
  const fields = messageFields(message)
  for (const [name, bits] of MESSAGE_LAYOUT) {
    if (!isUint(fields[name], bits)) refuse(name, `in [0, 2^${bits})`)
  }
  if (message.kind === 'cancel-all') {
    if (message.nonce === 0n) refuse('nonce', 'at least 1')
    return fields
  }
  if (message.price < 1n || message.price > MAX_PRICE) refuse('price', `in [1, ${MAX_PRICE}]`)
  if (message.kind === 'cancel') {
    if (!isUint(message.sequence, BITS.sequence)) refuse('sequence', `in [0, 2^${BITS.sequence})`)
    return fields
  }
  if (message.reduceOnly && message.timeInForce !== 'IOC') refuse('reduceOnly', 'false unless timeInForce is IOC')
  return fields
}

import { type Hashing, hashingAll, hashNow, poseidon } from './hash.ts'
import { ALL } from './message.ts'
import { BITS, TIME_IN_FORCE, type TimeInForce } from './parameters.ts'
import { EMPTY_SLOT, type Side } from './slot.ts'
import type { LeafHash } from './tree.ts'
import type { Window } from './window.ts'

/**
 * The order that is being matched (protocol.md#order-in-hand). Between batches the book carries it, so that a sweep may
 * span batches.
 */
export interface OrderInHand {
  readonly account: number
  readonly side: Side
  readonly price: bigint
  /** Lots still to trade, at least 1. */
  readonly remaining: bigint
  readonly timeInForce: TimeInForce
  readonly reduceOnly: boolean
  readonly expiry: bigint
}

/** A cancel of all orders that has not taken out the last one yet (protocol.md#cancel-all). */
export interface CancelInHand {
  readonly account: number
  readonly side: Side | 'both'
  /** No lots of it are open. */
  readonly remaining: 0n
}

export interface Book {
  /**
   * A secret of the venue, without which the book behind a public root could be guessed; a field element. 0 until the
   * first batch sets it; it never changes afterwards.
   */
  readonly salt: bigint
  readonly bids: Window
  readonly asks: Window
  /** Sequence number of the next order to rest; 32 bits. */
  readonly nextSequence: bigint
  /** Quanta of fees collected and not yet swept; 80 bits. */
  readonly fees: bigint
  /** Running hash over every message processed, in order. */
  readonly messageChain: bigint
  readonly hand: OrderInHand | CancelInHand | undefined
}

export const EMPTY_BOOK: Book = {
  salt: 0n,
  bids: [],
  asks: [],
  nextSequence: 0n,
  fees: 0n,
  messageChain: 0n,
  hand: undefined,
}

/** The salt of a market's book: Poseidon(SALT; the venue's secret, market). */
export function bookSalt(secret: bigint, market: number): bigint {
  return poseidon('SALT', [secret, BigInt(market)])
}

/** Whether what is in hand is an order, and no cancel. */
export function isOrderInHand(hand: OrderInHand | CancelInHand): hand is OrderInHand {
  return 'timeInForce' in hand
}

/**
 * What is in hand as one word account | side | price | remaining | timeInForce | reduceOnly | expiry; 0 for nothing. A cancel has
 * in the last five what its message has there.
 */
export function packHand(hand: OrderInHand | CancelInHand | undefined): bigint {
  if (hand === undefined) return 0n
  const order = isOrderInHand(hand) ? hand : undefined
  const fields: [bigint, number][] = [
    [BigInt(hand.account), BITS.account],
    [hand.side === 'sell' ? 1n : 0n, 1],
    [order?.price ?? 0n, BITS.price],
    [hand.remaining, BITS.size],
    [order === undefined ? ALL : BigInt(TIME_IN_FORCE[order.timeInForce]), BITS.timeInForce],
    [order?.reduceOnly || hand.side === 'both' ? 1n : 0n, 1],
    [order?.expiry ?? 0n, BITS.time],
  ]
  return fields.reduce((word, [value, bits]) => (word << BigInt(bits)) | value, 0n)
}

/** The leaves of books, remembered: a book, which never changes, is hashed once. */
const leaves = new WeakMap<Book, { readonly places: number; readonly digest: bigint }>()

/** Leaf of the tree of books of a venue with windows of so many places. */
export function hashBook(book: Book, places: number): bigint {
  return knownLeaf(book, places) ?? hashNow(hashing([book], places))[0]!
}

/** The same, as a tree hashes its leaves. */
export function bookHash(places: number): LeafHash<Book> {
  const hash = (book: Book) => hashBook(book, places)
  return Object.assign(hash, { hashing: (books: readonly Book[]) => hashing(books, places) })
}

function knownLeaf(book: Book, places: number): bigint | undefined {
  const known = leaves.get(book)
  return known?.places === places ? known.digest : undefined
}

/** The digests of those of the books that are not known. */
function* hashing(books: readonly Book[], places: number): Hashing<readonly bigint[]> {
  const missing = books.filter((book) => knownLeaf(book, places) === undefined)
  const padded = (window: Window) => [...window, ...new Array(places - window.length).fill(EMPTY_SLOT)]
  const words = missing.map((book) => [
    ...padded(book.bids),
    ...padded(book.asks),
    book.nextSequence,
    book.fees,
    book.messageChain,
    packHand(book.hand),
    book.salt,
  ])
  const fresh = yield* hashingAll('BOOK', words)
  for (const [i, digest] of fresh.entries()) leaves.set(missing[i]!, { places, digest })
  return fresh
}

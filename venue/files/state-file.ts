import { z } from 'zod'
import type { Account } from '../../protocol/account.ts'
import type { Book } from '../../protocol/book.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { BITS } from '../../protocol/parameters.ts'
import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { SLOT_BITS } from '../../protocol/slot.ts'
import { emptyState, openInterestOf, type State, stateRoot } from '../../protocol/state.ts'
import {
  accountIndex,
  assertProfile,
  boolean,
  decodeWith,
  field,
  fileHead,
  int,
  type Json,
  list,
  side,
  time,
  timeInForce,
  toJson,
  tradingKey,
  uint,
} from './schema.ts'

export const accountSchema = z.strictObject({
  tradingKey,
  ownerCommitment: field,
  viewKey: field,
  flaggedAt: time,
  suspended: boolean,
  nonce: uint(BITS.nonce),
  collateral: list(int(BITS.collateral)),
  positions: list(
    z.strictObject({
      size: int(BITS.position),
      fundingIndex: int(BITS.fundingIndex),
      openBuy: uint(BITS.position),
      openSell: uint(BITS.position),
    }),
  ),
})

const hand = z.strictObject({
  account: accountIndex,
  side,
  price: uint(BITS.price),
  remaining: uint(BITS.size),
  timeInForce,
  reduceOnly: boolean,
  expiry: time,
})

/** A window is a list of packed slots in ascending order, without the empty ones. */
export const bookSchema = z
  .strictObject({
    salt: field,
    bids: list(uint(SLOT_BITS)),
    asks: list(uint(SLOT_BITS)),
    nextSequence: uint(BITS.sequence),
    fees: uint(BITS.fees),
    messageChain: field,
    hand: hand.optional(),
  })
  .transform(({ hand, ...book }): Book => ({ ...book, hand }))

const stateFile = z.strictObject({
  ...fileHead,
  stateRoot: field,
  accounts: list(z.strictObject({ index: accountIndex, ...accountSchema.shape })),
  books: list(bookSchema),
})

/** State file: `{ version: 1, profile, stateRoot, accounts: [{ index, ... }], books: [...] }`, one book per market. */
export function encodeState(state: State, profile: ProfileName): Json {
  return toJson({
    version: 1,
    profile,
    stateRoot: stateRoot(state),
    accounts: [...state.accounts.entries()].map(([index, account]) => ({ index, ...account })),
    books: [...state.books.entries()].map(([, book]) => book),
  })
}

/**
 * Throws INPUT_INVALID, naming the field; also where the contents do not hash to the file's own stateRoot.
 *
 * @example
 * const state = decodeState(JSON.parse(await readFile('state.json', 'utf8')), 'small')
 */
export function decodeState(json: unknown, profile: ProfileName): State {
  const file = decodeWith(stateFile, json, 'INPUT_INVALID', 'state')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'state')
  const shape = venueShape(profile)
  let state = emptyState(shape)
  if (file.books.length !== shape.markets) throw invalid('state.books', `must be a list of ${shape.markets}`)
  for (const [market, book] of file.books.entries()) {
    assertBookFits(book, shape, `state.books[${market}]`)
    state = { ...state, books: state.books.set(market, book) }
  }
  for (const [i, { index, ...account }] of file.accounts.entries()) {
    const path = `state.accounts[${i}]`
    if (index >= state.accounts.capacity) throw invalid(`${path}.index`, `must be below ${state.accounts.capacity}`)
    if (state.accounts.get(index) !== undefined) throw invalid(`${path}.index`, `${index} is listed twice`)
    assertAccountFits(account, shape, path)
    state = { ...state, accounts: state.accounts.set(index, account) }
  }
  const openInterest = openInterestOf(file.accounts, shape)
  state = { ...state, openInterest }
  if (stateRoot(state) !== file.stateRoot) throw invalid('state.stateRoot', 'is not the root of what the file holds')
  return state
}

export function assertAccountFits(account: Account, { collaterals, markets }: VenueShape, path: string): void {
  if (account.collateral.length !== collaterals) throw invalid(`${path}.collateral`, `must be a list of ${collaterals}`)
  if (account.positions.length !== markets) throw invalid(`${path}.positions`, `must be a list of ${markets}`)
}

export function assertBookFits(book: Book, { window: places }: VenueShape, path: string): void {
  for (const name of ['bids', 'asks'] as const) {
    const window = book[name]
    if (window.length > places) throw invalid(`${path}.${name}`, `must have at most ${places} entries`)
    const fallen = window.findIndex((word, i) => i > 0 && window[i - 1]! >= word)
    if (fallen !== -1) throw invalid(`${path}.${name}[${fallen}]`, 'must be above the entry before it')
  }
}

export function invalid(path: string, message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path })
}

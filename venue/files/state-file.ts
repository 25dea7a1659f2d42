import { z } from 'zod'
import { type Account, EMPTY_POSITION, isEmptyPosition, type Position } from '../../protocol/account.ts'
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
  marketIndex,
  side,
  sides,
  time,
  timeInForce,
  toJson,
  tradingKey,
  uint,
} from './schema.ts'

const position = {
  size: int(BITS.position),
  fundingIndex: int(BITS.fundingIndex),
  openBuy: uint(BITS.position),
  openSell: uint(BITS.position),
}

/** What an account has but for its positions. */
const holder = {
  tradingKey,
  ownerCommitment: field,
  viewKey: field,
  flaggedAt: time,
  suspended: boolean,
  nonce: uint(BITS.nonce),
  collateral: list(int(BITS.collateral)),
}

/** Accounts share the empty position: most have it in most markets. */
export const accountSchema = z.strictObject({
  ...holder,
  positions: list(z.strictObject(position).transform((given) => (isEmptyPosition(given) ? EMPTY_POSITION : given))),
})

const hand = z.union([
  z.strictObject({
    account: accountIndex,
    side,
    price: uint(BITS.price),
    remaining: uint(BITS.size),
    timeInForce,
    reduceOnly: boolean,
    expiry: time,
  }),
  z.strictObject({ account: accountIndex, side: sides, remaining: z.literal('0').transform(() => 0n as const) }),
])

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

const { version: _, ...head } = fileHead

/** A state as files held it first: every position of every account, empty or not. */
const firstVersion = z.strictObject({
  ...fileHead,
  stateRoot: field,
  accounts: list(z.strictObject({ index: accountIndex, ...accountSchema.shape })),
  books: list(bookSchema),
})

/** What a state file begins with. */
export const stateHead = z.strictObject({
  version: z.literal(2, 'must be 1 or 2'),
  ...head,
  stateRoot: field,
  books: list(bookSchema),
})

/** An account in a state file: of its positions those that are not empty. */
export const listedAccount = z.strictObject({
  index: accountIndex,
  ...holder,
  positions: list(z.strictObject({ market: marketIndex, ...position })),
})

const stateFile = z.strictObject({ ...stateHead.shape, accounts: list(listedAccount) })

/**
 * State file: `{ version: 2, profile, stateRoot, books: [...], accounts: [{ index, ... }] }`, one book per market, accounts in
 * ascending order of index and of each the positions that are not empty. {@link stateText} has the same as text.
 */
export function encodeState(state: State, profile: ProfileName): Json {
  return { ...(encodeHead(state, profile) as object), accounts: [...state.accounts.entries()].map(encodeListed) }
}

/** All of a state file but its accounts. */
export function encodeHead(state: State, profile: ProfileName): Json {
  const books = [...state.books.entries()].map(([, book]) => book)
  return toJson({ version: 2, profile, stateRoot: stateRoot(state), books })
}

export function encodeListed([index, account]: readonly [index: number, account: Account]): Json {
  const positions = [...account.positions.entries()].filter(([, given]) => !isEmptyPosition(given))
  return toJson({
    index,
    ...account,
    positions: positions.map(([market, { size, fundingIndex, openBuy, openSell }]) => {
      return { market, size, fundingIndex, openBuy, openSell }
    }),
  })
}

/**
 * Of a file of either version. Throws INPUT_INVALID, naming the field; also where the contents do not hash to the file's own
 * stateRoot.
 *
 * @example
 * const state = decodeState(JSON.parse(await readFile('state.json', 'utf8')), 'small')
 */
export function decodeState(json: unknown, profile: ProfileName): State {
  if (Object(json).version === 1) {
    const file = decodeWith(firstVersion, json, 'INPUT_INVALID', 'state')
    const builder = new StateBuilder(file, profile)
    for (const { index, ...account } of file.accounts) builder.add(index, account)
    return builder.finish()
  }
  const file = decodeWith(stateFile, json, 'INPUT_INVALID', 'state')
  const builder = new StateBuilder(file, profile)
  for (const listed of file.accounts) builder.addListed(listed)
  return builder.finish()
}

/** Puts a state together from what a file says of it. Throws INPUT_INVALID, naming what does not fit. */
export class StateBuilder {
  readonly #shape: VenueShape
  readonly #root: bigint
  readonly #start: State
  readonly #accounts = new Map<number, Account>()
  readonly #none: readonly Position[]

  constructor(
    { profile: found, books, stateRoot: root }: Omit<z.output<typeof stateHead>, 'version'>,
    profile: ProfileName,
  ) {
    assertProfile(found, profile, 'INPUT_INVALID', 'state')
    this.#shape = venueShape(profile)
    this.#root = root
    this.#none = new Array(this.#shape.markets).fill(EMPTY_POSITION)
    if (books.length !== this.#shape.markets) throw invalid('state.books', `must be a list of ${this.#shape.markets}`)
    const start = emptyState(this.#shape)
    for (const [market, book] of books.entries()) assertBookFits(book, this.#shape, `state.books[${market}]`)
    this.#start = { ...start, books: start.books.setAll(books.entries()) }
  }

  add(index: number, account: Account): void {
    const path = `state.accounts[${this.#accounts.size}]`
    const { capacity } = this.#start.accounts
    if (index >= capacity) throw invalid(`${path}.index`, `must be below ${capacity}`)
    if (this.#accounts.has(index)) throw invalid(`${path}.index`, `${index} is listed twice`)
    assertAccountFits(account, this.#shape, path)
    this.#accounts.set(index, account)
  }

  /** Adds an account as a file lists it, and returns it. */
  addListed({ index, positions: listed, ...given }: z.output<typeof listedAccount>): Account {
    const positions = listed.length === 0 ? this.#none : [...this.#none]
    for (const [i, { market, ...position }] of listed.entries()) {
      const path = `state.accounts[${this.#accounts.size}].positions[${i}].market`
      if (market >= this.#shape.markets) throw invalid(path, `must be below ${this.#shape.markets}`)
      if (i > 0 && listed[i - 1]!.market >= market) throw invalid(path, 'must be above the one before it')
      ;(positions as Position[])[market] = position
    }
    const account = { ...given, positions }
    this.add(index, account)
    return account
  }

  finish(): State {
    const openInterest = openInterestOf(this.#accounts.values(), this.#shape)
    const state = { ...this.#start, accounts: this.#start.accounts.setAll(this.#accounts), openInterest }
    if (stateRoot(state) !== this.#root) throw invalid('state.stateRoot', 'is not the root of what the file holds')
    return state
  }
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

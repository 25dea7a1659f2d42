import { z } from 'zod'
import { type Account, hashAccount } from '../../protocol/account.ts'
import { type Book, bookHash } from '../../protocol/book.ts'
import { BITS, TOP_LEVELS } from '../../protocol/parameters.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { bookLevels, type State } from '../../protocol/state.ts'
import { type Opening, TOP_NODES, Tree } from '../../protocol/tree.ts'
import { accountIndex, field, list, uint } from './schema.ts'
import { accountSchema, assertAccountFits, assertBookFits, bookSchema, invalid } from './state-file.ts'

/** The digests beside a leaf on its way up to the root, four a level, bottom up. */
export const children = z.array(z.array(field).length(4, 'must be a list of 4'), 'must be a list').max(24)

/**
 * The part of a state that a batch reads: the nodes at the top of the tree of accounts (protocol.md#shared-top), and accounts with
 * the Merkle paths up to them; the book of one market with its own; open interest.
 */
export const openedState = z.strictObject({
  accounts: list(z.strictObject({ index: accountIndex, account: accountSchema.optional(), children })),
  accountNodes: z.array(field, 'must be a list').length(TOP_NODES, `must be a list of ${TOP_NODES}`),
  book: z.strictObject({ book: bookSchema, children }),
  openInterest: list(uint(BITS.account + BITS.position)),
})

type Digests = readonly (readonly bigint[])[]

/** What `openedState` reads. */
export interface OpenedState {
  /** A leaf that is empty has no account. */
  readonly accounts: readonly {
    readonly index: number
    readonly account?: Account | undefined
    readonly children: Digests
  }[]
  readonly accountNodes: readonly bigint[]
  readonly book: { readonly book: Book; readonly children: Digests }
  readonly openInterest: readonly bigint[]
}

/** That part of a state, of these accounts and this market, which there is. */
export function openingsOf(
  { accounts, books, openInterest }: State,
  indices: readonly number[],
  market: number,
): OpenedState {
  return {
    accounts: indices.map((index) => {
      return { index, account: accounts.get(index), children: accounts.path(index, TOP_LEVELS).children }
    }),
    accountNodes: accounts.row(TOP_LEVELS),
    book: { book: books.get(market)!, children: books.path(market).children },
    openInterest,
  }
}

/** That part as a state, of which nothing else can be read. Throws INPUT_INVALID, naming the field. */
export function stateOf(opened: OpenedState, market: number, shape: VenueShape, path: string): State {
  const { accounts, accountNodes, book, openInterest } = opened
  const openings = accounts.map(({ index, account, children: digests }, i): Opening<Account> => {
    const place = `${path}.accounts[${i}]`
    if (account !== undefined) assertAccountFits(account, shape, `${place}.account`)
    assertPathFits(index, digests, shape, place, TOP_LEVELS)
    return { index, leaf: account, children: digests }
  })
  const levels = bookLevels(shape)
  assertBookFits(book.book, shape, `${path}.book.book`)
  assertLevels(book.children, levels, `${path}.book.children`)
  if (openInterest.length !== shape.markets) throw invalid(`${path}.openInterest`, `must be a list of ${shape.markets}`)
  const bookOpening: Opening<Book> = { index: market, leaf: book.book, children: book.children }
  return {
    shape,
    accounts: Tree.fromOpenings(shape.accountLevels, hashAccount, openings, accountNodes),
    books: Tree.fromOpenings(levels, bookHash(shape.window), [bookOpening]),
    openInterest,
  }
}

/** Throws INPUT_INVALID unless the venue can have an account at that index, with a path that ends so far below the root. */
export function assertPathFits(
  index: number,
  digests: readonly unknown[],
  { accountLevels }: VenueShape,
  path: string,
  below = 0,
): void {
  if (index >= 4 ** accountLevels) throw invalid(`${path}.index`, `must be below ${4 ** accountLevels}`)
  assertLevels(digests, accountLevels - below, `${path}.children`)
}

function assertLevels(digests: readonly unknown[], levels: number, path: string): void {
  if (digests.length !== levels) throw invalid(path, `must be a list of ${levels}`)
}

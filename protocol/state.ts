import { type Account, EMPTY_POSITION, hashAccount } from './account.ts'
import { type Book, bookHash, EMPTY_BOOK } from './book.ts'
import { ZkclearError } from './errors.ts'
import { hashWords, poseidon } from './hash.ts'
import { assertCanonical, assertInt, assertUint } from './numbers.ts'
import { BITS } from './parameters.ts'
import type { MarketLimits } from './risk-table.ts'
import type { VenueShape } from './shape.ts'
import { isTradingKey } from './signature.ts'
import { ARITY, Tree } from './tree.ts'

/** All that the state root commits to, with the sizes it was made for. Immutable. */
export interface State {
  readonly shape: VenueShape
  readonly accounts: Tree<Account>
  /** One book per market. */
  readonly books: Tree<Book>
  /** Of each market (protocol.md#open-interest): {@link openInterestOf} all accounts. */
  readonly openInterest: readonly bigint[]
}

/** Levels of the 4-ary tree of books. */
export function bookLevels(shape: VenueShape): number {
  let levels = 1
  while (ARITY ** levels < shape.markets) levels++
  return levels
}

/** What of a state says all of its markets that its root commits to: they themselves, or their root. */
export type MarketParts = Pick<State, 'books' | 'openInterest'> | { readonly marketsRoot: bigint }

/** What of a state its root follows from. */
export type StateParts = { readonly accounts: { readonly root: bigint } } & MarketParts

/** hashWords(MARKETS; openInterest of each market, booksRoot). The salts in the books hide what stands beside them. */
export function marketsRoot(markets: MarketParts): bigint {
  if ('marketsRoot' in markets) return markets.marketsRoot
  return hashWords('MARKETS', [...markets.openInterest, markets.books.root])
}

/** The state root: Poseidon(STATE; accountsRoot, marketsRoot). */
export function stateRoot(state: StateParts): bigint {
  return poseidon('STATE', [state.accounts.root, marketsRoot(state)])
}

/** Works out what the state's root needs while this thread does something else, as {@link Tree.hashAhead}. */
export async function hashStateAhead({ accounts, books }: Pick<State, 'accounts' | 'books'>): Promise<void> {
  await Promise.all([accounts.hashAhead(), books.hashAhead()])
}

/** Lots that those accounts together hold in each market, long and short (protocol.md#open-interest). */
export function openInterestOf(accounts: Iterable<Account>, { markets }: VenueShape): bigint[] {
  const lots = new Array<bigint>(markets).fill(0n)
  for (const { positions } of accounts) {
    for (const [m, { size }] of positions.entries()) lots[m]! += size < 0n ? -size : size
  }
  return lots
}

/** The account of that index; undefined if the leaf is empty or no such leaf exists. */
export function accountAt({ accounts }: State, index: number): Account | undefined {
  return Number.isInteger(index) && index >= 0 && index < accounts.capacity ? accounts.get(index) : undefined
}

/** A state with no accounts and empty books. */
export function emptyState(shape: VenueShape): State {
  const levels = bookLevels(shape)
  const books = new Tree<Book>(levels, bookHash(shape.window))
  return {
    shape,
    accounts: new Tree<Account>(shape.accountLevels, hashAccount),
    books: books.setAll(Array.from({ length: shape.markets }, (_, market) => [market, EMPTY_BOOK])),
    openInterest: new Array<bigint>(shape.markets).fill(0n),
  }
}

/** What a venue starts from: accounts with collateral and, if it moves in from elsewhere, positions. */
export interface GenesisAccount {
  readonly index: number
  readonly tradingKey: Account['tradingKey']
  readonly ownerCommitment: bigint
  /** A secret of the owner that the venue shares, of at least 128 bits of entropy; not 0. */
  readonly viewKey: bigint
  readonly collateral: readonly bigint[]
  /** Lots per market; none if left out. */
  readonly sizes?: readonly bigint[]
}

export interface Genesis {
  readonly markets: readonly MarketLimits[]
  readonly accounts: readonly GenesisAccount[]
}

/**
 * The first state (protocol.md#genesis): what is in it was range-checked here, so circuits need no second check when they
 * open it. Throws GENESIS_INVALID or INPUT_INVALID, naming the field.
 *
 * @example
 * const shape = venueShape('small')
 * const state = genesisState(sampleVenue({ shape, seed: 1n, asOf: 1_700_000_000n }).genesis, shape)
 */
export function genesisState(genesis: Genesis, shape: VenueShape): State {
  const refuse = (message: string, path: string) => {
    throw new ZkclearError('GENESIS_INVALID', message, { path: `genesis.${path}` })
  }
  if (genesis.markets.length !== shape.markets) refuse(`must be a list of ${shape.markets}`, 'markets')
  const totals = new Array<bigint>(shape.markets).fill(0n)
  const state = emptyState(shape)
  const accounts = new Map<number, Account>()
  for (const [i, entry] of genesis.accounts.entries()) {
    const path = `accounts[${i}]`
    if (!Number.isInteger(entry.index) || entry.index < 0 || entry.index >= state.accounts.capacity) {
      refuse(`must be in [0, ${state.accounts.capacity})`, `${path}.index`)
    }
    if (accounts.has(entry.index)) refuse(`${entry.index} is taken`, `${path}.index`)
    if (!isTradingKey(entry.tradingKey))
      refuse('must be a BabyJubJub point in the prime-order subgroup', `${path}.tradingKey`)
    assertCanonical(entry.ownerCommitment, `genesis.${path}.ownerCommitment`)
    if (assertCanonical(entry.viewKey, `genesis.${path}.viewKey`) === 0n) refuse('must not be 0', `${path}.viewKey`)
    if (entry.collateral.length !== shape.collaterals)
      refuse(`must be a list of ${shape.collaterals}`, `${path}.collateral`)
    for (const [k, c] of entry.collateral.entries()) {
      if (k === 0) assertInt(c, BITS.collateral, `genesis.${path}.collateral[0]`)
      else assertUint(c, BITS.collateral, `genesis.${path}.collateral[${k}]`)
    }
    const sizes = entry.sizes ?? totals.map(() => 0n)
    if (sizes.length !== shape.markets) refuse(`must be a list of ${shape.markets}`, `${path}.sizes`)
    for (const [m, size] of sizes.entries()) {
      const { maxLots } = genesis.markets[m]!
      if (size > maxLots || size < -maxLots) refuse(`must be within ${maxLots} lots (maxLots)`, `${path}.sizes[${m}]`)
      totals[m] = totals[m]! + size
    }
    const positions = sizes.map((size) => (size === 0n ? EMPTY_POSITION : { ...EMPTY_POSITION, size }))
    const { index: _, sizes: __, ...account } = entry
    accounts.set(entry.index, { ...account, flaggedAt: 0n, suspended: false, nonce: 0n, positions })
  }
  for (const [m, total] of totals.entries()) {
    if (total !== 0n) refuse(`positions must sum to zero in each market; market ${m} sums to ${total}`, 'accounts')
  }
  const openInterest = openInterestOf(accounts.values(), shape)
  return { ...state, accounts: state.accounts.setAll(accounts), openInterest }
}

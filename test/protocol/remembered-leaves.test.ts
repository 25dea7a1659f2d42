import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeAccount } from '../../lab/instances/model.ts'
import {
  type Account,
  EMPTY_POSITION,
  hashAccount,
  hashAccountsAhead,
  positionDigests,
  statusWord,
} from '../../protocol/account.ts'
import { type Book, EMPTY_BOOK, hashBook } from '../../protocol/book.ts'
import { poseidon } from '../../protocol/hash.ts'
import { venueShape } from '../../protocol/shape.ts'
import { EMPTY_SLOT } from '../../protocol/slot.ts'
import { Tree } from '../../protocol/tree.ts'

const SHAPE = venueShape('standard')

/** A leaf of 16 markets and 4 collaterals as protocol.md#account says it, hash by hash. */
function obviousLeaf(account: Account): bigint {
  const groups = [0, 4, 8, 12].map((first) =>
    poseidon(
      'POSITIONS',
      account.positions.slice(first, first + 4).flatMap((p) => [p.size, p.fundingIndex, p.openBuy, p.openSell]),
    ),
  )
  const { tradingKey, ownerCommitment, viewKey, nonce, collateral } = account
  const words = [tradingKey.x, tradingKey.y, ownerCommitment, viewKey, statusWord(account), nonce]
  return poseidon('ACCOUNT', [...words, ...collateral, ...groups])
}

/** An account that shares the empty position, as those do that come from genesis. */
const FLAT = { ...makeAccount(SHAPE), positions: new Array(SHAPE.markets).fill(EMPTY_POSITION) }

type Change = (account: Account) => Account
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.bigInt(-9n, 9n).map(
    (cash): Change =>
      (account) => ({ ...account, collateral: account.collateral.with(0, cash) }),
  ),
  fc.record({ market: fc.nat(15), size: fc.bigInt(-3n, 3n) }).map(
    ({ market, size }): Change =>
      (account) => {
        const position = size === 0n ? EMPTY_POSITION : { ...account.positions[market]!, size }
        return { ...account, positions: account.positions.with(market, position) }
      },
  ),
  // the same position in another place
  fc.tuple(fc.nat(15), fc.nat(15)).map(
    ([from, to]): Change =>
      (account) => {
        return { ...account, positions: account.positions.with(to, account.positions[from]!) }
      },
  ),
)

test('a leaf is the hash of what the account holds now, whatever was hashed of it and of others before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), change), { maxLength: 25 }), (changes) => {
      const accounts = [FLAT, makeAccount(SHAPE), makeAccount(SHAPE, { cash: 5n, positions: { 3: { size: 1n } } })]
      for (const [index, apply] of changes) {
        accounts[index] = apply(accounts[index]!)
        assert.equal(hashAccount(accounts[index]!), obviousLeaf(accounts[index]!))
        assert.equal(hashAccount(accounts[index]!), hashAccount({ ...accounts[index]! }))
      }
    }),
    { numRuns: 40 },
  )
})

test('the digests of positions are those of each four, also of accounts with another number of markets', () => {
  for (const markets of [1, 3, 4, 5, 16]) {
    const account = makeAccount({ ...SHAPE, markets }, { positions: { [markets - 1]: { size: 7n } } })
    const shared = { ...account, positions: new Array(markets).fill(EMPTY_POSITION) }
    for (const each of [account, shared, account]) {
      const groups = Array.from({ length: Math.ceil(markets / 4) }, (_, g) => each.positions.slice(4 * g, 4 * g + 4))
      const words = groups.map((group) => group.flatMap((p) => [p.size, p.fundingIndex, p.openBuy, p.openSell]))
      assert.deepEqual(
        positionDigests(each),
        words.map((group) => poseidon('POSITIONS', group)),
      )
    }
  }
})

test('a tree hashes accounts with another number of markets than its own too, as hostile files may have them', () => {
  const odd = [1, 4, 7].map((markets) => makeAccount({ ...SHAPE, markets }))
  const tree = new Tree(2, hashAccount).setAll(odd.map((account, i) => [i, account]))
  assert.deepEqual(tree.path(0).children[0], [...odd.map(hashAccount), 0n])
})

test('a book that is remembered for one width of window is hashed anew for another', () => {
  const book: Book = { ...EMPTY_BOOK, bids: [5n], asks: [7n] }
  const [small, large] = [hashBook(book, 2), hashBook(book, 3)]
  assert.notEqual(small, large)
  assert.equal(hashBook(book, 2), small)
  assert.equal(small, poseidon('BOOK', [5n, EMPTY_SLOT, 7n, EMPTY_SLOT, 0n, 0n, 0n, 0n, 0n]))
})

test('a leaf that was worked out ahead, with others and while others are, is the same', async () => {
  const positions = (i: number) => ({ [i % 16]: { size: BigInt(i), openBuy: 1n }, 3: { size: -1n } })
  const accounts = Array.from({ length: 40 }, (_, i) =>
    makeAccount(SHAPE, { cash: BigInt(i), positions: positions(i) }),
  )
  await Promise.all([
    hashAccountsAhead(accounts.slice(0, 25)),
    hashAccountsAhead(accounts.slice(20)),
    hashAccountsAhead([]),
  ])
  for (const account of accounts) assert.equal(hashAccount(account), obviousLeaf(account))
})

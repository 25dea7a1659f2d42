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
import { hashWords, poseidon } from '../../protocol/hash.ts'
import { hashRiskTable, riskTableWords } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { EMPTY_SLOT } from '../../protocol/slot.ts'
import { emptyState, hashStateAhead } from '../../protocol/state.ts'
import { Tree } from '../../protocol/tree.ts'
import { sampleVenue } from '../../venue/sample-venue.ts'

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

test('an account that came from another thread shares no position with any other, and has the same digests', () => {
  for (const positions of [
    {},
    { 0: { size: 1n } },
    { 5: { openBuy: 2n }, 6: { size: -1n } },
    { 15: { fundingIndex: -1n } },
  ]) {
    const account = makeAccount(SHAPE, { positions })
    const cloned = structuredClone(account)
    assert.deepEqual(positionDigests(cloned), positionDigests(account))
    assert.equal(hashAccount(cloned), obviousLeaf(account))
    // What one market changes in it.
    const position = { ...cloned.positions[6]!, openSell: 9n }
    const changed = { ...cloned, positions: cloned.positions.with(6, position) }
    assert.equal(hashAccount(changed), obviousLeaf(changed))
    assert.equal(hashAccount(structuredClone(cloned)), obviousLeaf(account))
  }
})

test('a table is hashed once, and another one with other numbers anew', () => {
  const { riskTable } = sampleVenue({ shape: venueShape('small'), seed: 1n, asOf: 1_700_000_000n })
  const words = hashWords('RISK', riskTableWords(riskTable))
  assert.deepEqual(
    [hashRiskTable(riskTable), hashRiskTable(riskTable), hashRiskTable({ ...riskTable })],
    [words, words, words],
  )
  const other = { ...riskTable, memory: riskTable.memory + 1n }
  assert.equal(hashRiskTable(other), hashWords('RISK', riskTableWords(other)))
  assert.notEqual(hashRiskTable(other), words)
})

test('a table that its owner changes in place, against its type, has the root of its numbers of now', () => {
  const { riskTable } = sampleVenue({ shape: venueShape('small'), seed: 1n, asOf: 1_700_000_000n })
  const before = hashRiskTable(riskTable)
  const market: { longRisk: bigint } = riskTable.markets[0]!
  market.longRisk += 1n
  const after = hashRiskTable(riskTable)
  assert.equal(after, hashWords('RISK', riskTableWords(riskTable)))
  assert.notEqual(after, before)
  market.longRisk -= 1n
  assert.equal(hashRiskTable(riskTable), before)
})

test('a tree that was hashed ahead has the root and paths that it has else, also while others of its leaves are hashed and set', async () => {
  const accounts = Array.from({ length: 60 }, (_, i) => makeAccount(SHAPE, { cash: BigInt(i + 1) }))
  const ahead = new Tree(4, hashAccount).setAll(accounts.slice(0, 40).map((account, i) => [4 * i + 1, account]))
  const hashing = ahead.hashAhead()
  const next = ahead.setAll(accounts.slice(40).map((account, i) => [8 * i, account]))
  const [root] = await Promise.all([next.hashAhead().then(() => next.root), hashing])
  const copies = (entries: Iterable<readonly [number, Account]>) =>
    new Tree(4, obviousLeaf).setAll([...entries].map(([i, account]) => [i, { ...account }]))
  assert.equal(ahead.root, copies(ahead.entries()).root)
  assert.equal(root, copies(next.entries()).root)
  assert.deepEqual(next.path(8), copies(next.entries()).path(8))
  await new Tree(4, hashAccount).hashAhead()
})

test('a path up to nodes below the root is the lower part of the whole one, whatever was worked out before', () => {
  const accounts = Array.from({ length: 9 }, (_, i) => makeAccount(SHAPE, { cash: BigInt(i + 1) }))
  let tree = new Tree(4, hashAccount)
  let whole = new Tree(4, hashAccount)
  for (const [i, account] of accounts.entries()) {
    const index = (i * 37) % 256
    tree = tree.set(index, account)
    whole = whole.set(index, { ...account })
    const { children, positions } = whole.path(index)
    for (const top of [3, 4, 1]) {
      assert.deepEqual(tree.path(index, top), {
        children: children.slice(0, 4 - top),
        positions: positions.slice(0, 4 - top),
      })
    }
  }
  assert.equal(tree.root, whole.root)
  assert.deepEqual(tree.row(2), whole.row(2))
})

test('a state that was hashed ahead has its books hashed, too', async () => {
  const state = emptyState(SHAPE)
  const books = state.books.set(3, { ...EMPTY_BOOK, bids: [5n], nextSequence: 2n })
  await hashStateAhead({ ...state, books })
  const same = new Tree(state.books.levels, (book: Book) => hashBook({ ...book }, SHAPE.window)).setAll(books.entries())
  assert.equal(books.root, same.root)
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

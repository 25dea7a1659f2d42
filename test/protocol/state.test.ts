import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLimits, SMALL, TRADING_KEY } from '../../lab/instances/model.ts'
import { poseidon } from '../../protocol/hash.ts'
import { PROFILE_NAMES, venueShape } from '../../protocol/shape.ts'
import {
  accountAt,
  bookLevels,
  emptyState,
  type Genesis,
  type GenesisAccount,
  genesisState,
  marketsRoot,
  stateRoot,
} from '../../protocol/state.ts'

const ACCOUNT: GenesisAccount = {
  index: 3,
  tradingKey: TRADING_KEY,
  ownerCommitment: 5n,
  viewKey: 6n,
  collateral: [-7n, 9n],
  sizes: [4n, 0n, 0n, 0n],
}
const OTHER: GenesisAccount = { ...ACCOUNT, index: 200, sizes: [-4n, 0n, 0n, 0n] }
const genesis = (...accounts: GenesisAccount[]): Genesis => ({ markets: makeLimits(SMALL), accounts })

test('genesis accounts stand where they say, with collateral and positions, nonce 0 and no open orders', () => {
  const state = genesisState(genesis(ACCOUNT, OTHER), SMALL)
  const account = state.accounts.get(3)!
  assert.deepEqual([account.nonce, account.collateral], [0n, [-7n, 9n]])
  assert.deepEqual(account.positions[0], { size: 4n, fundingIndex: 0n, openBuy: 0n, openSell: 0n })
  assert.deepEqual(
    [...state.accounts.entries()].map(([index]) => index),
    [3, 200],
  )
})

test('the state root is Poseidon(STATE; accountsRoot, marketsRoot)', () => {
  const state = genesisState(genesis(ACCOUNT, OTHER), SMALL)
  assert.equal(stateRoot(state), poseidon('STATE', [state.accounts.root, marketsRoot(state)]))
  assert.notEqual(stateRoot(state), stateRoot(emptyState(SMALL)))
})

test('the markets root commits to the open interest of each market, and to the tree of books', () => {
  const state = genesisState(genesis(ACCOUNT, OTHER), SMALL)
  assert.deepEqual(state.openInterest, [8n, 0n, 0n, 0n])
  assert.equal(marketsRoot(state), poseidon('MARKETS', [8n, 0n, 0n, 0n, state.books.root]))
  const standard = emptyState(venueShape('standard'))
  const zeros = poseidon('MARKETS', new Array<bigint>(16).fill(0n))
  assert.equal(marketsRoot(standard), poseidon('MARKETS', [zeros, standard.books.root]))
})

test('the tree of books has a place for every market', () => {
  for (const shape of PROFILE_NAMES.map(venueShape)) {
    assert.ok(4 ** bookLevels(shape) >= shape.markets)
    assert.equal([...emptyState(shape).books.entries()].length, shape.markets)
  }
  assert.deepEqual(
    [1, 4, 5, 16, 17].map((markets) => bookLevels({ ...SMALL, markets })),
    [1, 1, 2, 2, 3],
  )
})

test('an account index outside the tree names no account', () => {
  const state = genesisState(genesis(ACCOUNT, OTHER), SMALL)
  assert.deepEqual(
    [-1, 0, 256, 1.5].map((index) => accountAt(state, index)),
    new Array(4).fill(undefined),
  )
  assert.notEqual(accountAt(state, 3), undefined)
})

const wrong: Record<string, [path: string, Genesis]> = {
  'a market too few': ['markets', { ...genesis(), markets: makeLimits(SMALL).slice(1) }],
  'an index outside the tree': ['accounts[0].index', genesis({ ...ACCOUNT, index: 256 })],
  'half an index': ['accounts[0].index', genesis({ ...ACCOUNT, index: 1.5 })],
  'an index that is taken': ['accounts[1].index', genesis(ACCOUNT, ACCOUNT)],
  'a trading key off the curve': ['accounts[0].tradingKey', genesis({ ...ACCOUNT, tradingKey: { x: 1n, y: 2n } })],
  'the neutral element as trading key': [
    'accounts[0].tradingKey',
    genesis({ ...ACCOUNT, tradingKey: { x: 0n, y: 1n } }),
  ],
  'an owner commitment of r or more': [
    'accounts[0].ownerCommitment',
    genesis({ ...ACCOUNT, ownerCommitment: 1n << 255n }),
  ],
  'a collateral asset too few': ['accounts[0].collateral', genesis({ ...ACCOUNT, collateral: [1n] })],
  'cash of 2^80': ['accounts[0].collateral[0]', genesis({ ...ACCOUNT, collateral: [1n << 80n, 0n] })],
  'a negative amount of another asset': ['accounts[0].collateral[1]', genesis({ ...ACCOUNT, collateral: [0n, -1n] })],
  'a size for a market too few': ['accounts[0].sizes', genesis({ ...ACCOUNT, sizes: [1n] })],
  'a position beyond maxLots': [
    'accounts[0].sizes[0]',
    genesis({ ...ACCOUNT, sizes: [-(1n << 30n) - 1n, 0n, 0n, 0n] }),
  ],
  'positions that do not sum to zero': ['accounts', genesis(ACCOUNT)],
}
for (const [name, [path, value]] of Object.entries(wrong)) {
  test(`${name} is refused, naming genesis.${path}`, () => {
    assert.throws(
      () => genesisState(value, SMALL),
      (error: Error & { code: string; path: string }) => {
        assert.equal(error.path, `genesis.${path}`)
        assert.ok(['GENESIS_INVALID', 'INPUT_INVALID'].includes(error.code))
        return true
      },
    )
  })
}

test('an unknown profile is refused, also one named like a property of objects', () => {
  for (const name of ['tiny', 'toString', '__proto__'])
    assert.throws(() => venueShape(name), { code: 'PROFILE_UNKNOWN' })
  assert.equal(venueShape('small').name, 'small')
})

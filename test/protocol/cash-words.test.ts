import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CASH_VENUE, cashBatchOf, cashMessage } from '../../lab/instances/cash.ts'
import { makeAccount, makeState, TRADING_KEY } from '../../lab/instances/model.ts'
import { viewCommitment } from '../../protocol/account.ts'
import { packAmounts, unpackAmounts } from '../../protocol/cash-batch/slot-words.ts'
import {
  type CashData,
  cashData,
  cashWordCount,
  packCashData,
  unpackCashData,
} from '../../protocol/cash-batch/words.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { CASH_KINDS, type CashKind } from '../../protocol/parameters.ts'

const STATE = makeState(
  CASH_VENUE,
  { 0: makeAccount(CASH_VENUE), 1: makeAccount(CASH_VENUE, { cash: 100n, others: [50n], viewKey: 0n }) },
  { 1: { fees: 12n } },
)
const slots = { sizes: { name: 'test', slots: 12 } }

const uint = (bits: number) => fc.bigInt(0n, (1n << BigInt(bits)) - 1n)
/** An object like any other: generated ones have no prototype. */
const asObject = { noNullPrototype: true } as const
const element = fc.bigInt(0n, FIELD - 1n)
const signed = (bits: number) => fc.bigInt(-(1n << BigInt(bits)), (1n << BigInt(bits)) - 1n)
const portfolio = (markets: number, collaterals: number) =>
  fc.record(
    {
      collateral: fc.array(signed(80), { minLength: collaterals, maxLength: collaterals }),
      positions: fc.array(fc.record({ size: signed(56), fundingIndex: signed(64) }, asObject), {
        minLength: markets,
        maxLength: markets,
      }),
    },
    asObject,
  )
const rest = fc
  .tuple(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 16 }))
  .chain(([markets, collaterals]) =>
    fc
      .option(portfolio(markets, collaterals), { nil: undefined })
      .map((portfolio) => ({ markets, collaterals, portfolio })),
  )
const others = fc.record(
  {
    domain: uint(248),
    timestamp: uint(40),
    riskRoot: element,
    oldStateRoot: element,
    newStateRoot: element,
    newMarketsRoot: element,
    slots: fc.array(
      fc.record(
        {
          kind: fc.constantFrom(...(Object.keys(CASH_KINDS) as CashKind[])),
          account: fc.nat(2 ** 24 - 1),
          counterAccount: fc.nat(2 ** 24 - 1),
          asset: fc.nat(255),
          a: element,
          b: element,
          c: element,
          leaf: element,
        },
        asObject,
      ),
      { minLength: 1, maxLength: 4 },
    ),
    sweep: fc.option(
      fc.record({ market: fc.nat(255), amount: uint(80), retires: fc.boolean(), houseLeaf: element }, asObject),
      {
        nil: undefined,
      },
    ),
  },
  asObject,
)
const data: fc.Arbitrary<CashData> = fc.tuple(others, rest).map(([{ slots, ...head }, tail]) => {
  const [first, ...behind] = slots
  const kind = tail.portfolio !== undefined ? 'FLAG' : first!.kind === 'FLAG' ? 'CURE' : first!.kind
  return { ...head, ...tail, slots: [{ ...first!, kind }, ...behind] }
})

test('words of a cash batch say all that was packed, and no others do', () => {
  const packsBack = (given: CashData) => {
    const words = packCashData(given)
    assert.equal(words.length, cashWordCount({ ...given, slots: given.slots.length }))
    assert.deepEqual(unpackCashData(words), given)
  }
  fc.assert(fc.property(data, packsBack), { seed: 3, numRuns: 200 })
})

test('three amounts of 80 bits are one word', () => {
  const amounts = fc.record({ requested: uint(80), paid: uint(80), available: uint(80) }, asObject)
  fc.assert(fc.property(amounts, (given) => assert.deepEqual(unpackAmounts(packAmounts(given)), given)))
  assert.throws(() => packAmounts({ requested: 1n << 80n, paid: 0n, available: 0n }), { path: 'requested' })
  assert.throws(() => unpackAmounts(1n << 240n), { path: 'amounts' })
})

test('each kind of operation has its words', () => {
  const batch = cashBatchOf(
    STATE,
    [
      { kind: 'REGISTER', account: 5, key: TRADING_KEY, ownerCommitment: 9n },
      { kind: 'DEPOSIT', account: 1, asset: 1, amount: 7n },
      { kind: 'ROTATE', account: 5, key: TRADING_KEY },
      { kind: 'FORCED', account: 1, asset: 0, requested: 30n },
      { kind: 'VIEW', account: 1, viewKey: 8n },
      cashMessage({ amount: 20n }),
      cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 5, nonce: 4n }),
    ],
    { ...slots, vault: [60n, 0n] },
    1,
  )
  const packed = cashData(batch)
  const plain = { counterAccount: 0, asset: 0, b: 0n, c: 0n }
  const { x, y } = TRADING_KEY
  const amounts = (requested: bigint, paid = 0n, available = 0n) => packAmounts({ requested, paid, available })
  assert.deepEqual(
    packed.slots.slice(0, 9).map(({ leaf: _, ...rest }) => rest),
    [
      { ...plain, kind: 'REGISTER', account: 5, a: x, b: y, c: 9n },
      { ...plain, kind: 'DEPOSIT', account: 1, asset: 1, a: amounts(7n) },
      { ...plain, kind: 'ROTATE', account: 5, a: x, b: y },
      { ...plain, kind: 'FORCED', account: 1, a: amounts(30n, 30n, 60n) },
      { ...plain, kind: 'VIEW', account: 1, a: viewCommitment(8n) },
      { ...plain, kind: 'WITHDRAW', account: 1, a: amounts(20n, 20n, 30n), b: 1n },
      { ...plain, kind: 'TRANSFER_OUT', account: 1, counterAccount: 5, a: amounts(10n, 10n), b: 4n },
      { ...plain, kind: 'TRANSFER_IN', account: 5, counterAccount: 1, a: amounts(10n) },
      { ...plain, kind: 'NONE', account: 0, a: 0n },
    ],
  )
  assert.deepEqual(
    packed.slots.map(({ leaf }) => leaf !== 0n),
    packed.slots.map((_, i) => i < 8),
  )
  assert.deepEqual(unpackCashData(packCashData(packed)), packed)
})

test('lists that no batch has are refused, naming the word', () => {
  const words = packCashData(cashData(cashBatchOf(STATE, [], {}, 1)))
  const sweep = words.length - 2
  assert.throws(() => unpackCashData(words.slice(1)), { code: 'INPUT_INVALID', path: 'words' })
  assert.throws(() => unpackCashData(words.slice(0, 8)), { code: 'INPUT_INVALID', path: 'words' })
  assert.throws(() => unpackCashData(words.with(4, FIELD)), { path: 'newStateRoot' })
  assert.throws(() => unpackCashData(words.with(1, 1n << 40n)), { path: 'timestamp' })
  assert.throws(() => unpackCashData(words.with(6, 15n << 56n)), { path: 'words[6]' })
  assert.throws(() => unpackCashData(words.with(6, 1n << 60n)), { path: 'words[6]' })
  assert.throws(() => unpackCashData(words.with(sweep, words[sweep]! & ((1n << 88n) - 1n))), {
    path: `words[${sweep}]`,
  })
  assert.throws(() => unpackCashData(words.with(sweep, words[sweep]! | (1n << 90n))), { path: `words[${sweep}]` })
  assert.throws(() => unpackCashData(words.with(sweep, 0n)), { path: `words[${sweep + 1}]` })
  assert.throws(() => unpackCashData(words.with(sweep - 1, words[sweep - 1]! + 2n)), { path: 'words' })
  assert.throws(() => unpackCashData(words.with(sweep - 1, words[sweep - 1]! + (1n << 24n))), {
    path: `words[${sweep - 1}]`,
  })
  // a portfolio without a flag, and a flag without one
  const portfolio = words.length - 5
  assert.throws(() => unpackCashData(words.with(portfolio, 1n)), { path: `words[${portfolio}]` })
  const flagged = makeState(CASH_VENUE, { 1: makeAccount(CASH_VENUE, { cash: -1n }) })
  const flags = packCashData(cashData(cashBatchOf(flagged, [{ kind: 'FLAG', account: 1 }])))
  assert.throws(() => unpackCashData(flags.with(portfolio, 0n).with(portfolio + 1, 0n)), {
    path: `words[${portfolio}]`,
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ownTree, unusedAccount } from '../../../circuits/state/account-input.ts'
import { dishonestCashProver } from '../../../lab/dishonesty/cash-prover.ts'
import { put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { CASH_VENUE, cashBatchOf, cashMessage, payment, unlawful } from '../../../lab/instances/cash.ts'
import { makeAccount, makeState, makeTable, NOW } from '../../../lab/instances/model.ts'
import { type Account, hashAccount, positionDigests } from '../../../protocol/account.ts'
import type { CashOperation } from '../../../protocol/cash-batch/operation.ts'
import { BASE } from '../../../protocol/crypto/baby-jubjub.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { CASH_KINDS } from '../../../protocol/parameters.ts'
import { childrenBelowTop, Tree } from '../../../protocol/tree.ts'

const { attempt, expectHonest, refuses } = await dishonestCashProver()

const HOUSE = makeAccount(CASH_VENUE, { cash: 1n, positions: { 1: { size: 3n } } })
const HOLDER = makeAccount(CASH_VENUE, { cash: 100n, others: [50n], nonce: 4n })
const STATE = makeState(CASH_VENUE, { 0: HOUSE, 1: HOLDER, 2: HOLDER }, { 0: { fees: 5n }, 1: { fees: 12n } })
const one = (account: Account) => makeState(CASH_VENUE, { 1: account })

const DEPOSIT: CashOperation = { kind: 'DEPOSIT', account: 1, asset: 0, amount: 10n }
const ROTATE: CashOperation = { kind: 'ROTATE', account: 2, key: BASE }
const forced = (requested: bigint, asset = 0) => ({ kind: 'FORCED', account: 1, asset, requested }) as const
const kind = (name: keyof typeof CASH_KINDS) => BigInt(CASH_KINDS[name])
const stale = { timestamp: NOW + makeTable(CASH_VENUE).maxAge + 1n }
const asks = 'main.slot[0].margin.asks'

// Every attack here is refused by one rule and no other: whoever leaves that rule out lets it through.
suite('protocol.md#cash-kinds: one rule alone refuses', () => {
  const batch = cashBatchOf(STATE, [DEPOSIT, ROTATE])
  const transfer = cashBatchOf(STATE, [cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 2, nonce: 5n })])

  test('a slot that is used behind one that is not', () => {
    const nothing = Object.fromEntries(['kind', 'account', 'asset', 'requested'].map((name) => [name, put(0, 0n)]))
    const paths = [ownTree(HOLDER, CASH_VENUE), STATE.accounts.path(2).children].map(childrenBelowTop)
    const accountChildren = (honest: readonly unknown[]) => honest.with(0, paths[0]).with(1, paths[1]) as never
    refuses(batch, { forge: { ...nothing, accountChildren } }, 'main.read[1].is.used')
  })

  test('a slot that is not used and names an account', () => {
    const unused = unusedAccount(CASH_VENUE)
    const { children } = new Tree(CASH_VENUE.accountLevels, hashAccount).set(1, unused).path(1)
    assert.notDeepEqual(children, ownTree(unused, CASH_VENUE))
    const accountChildren = (honest: readonly unknown[]) => honest.with(2, childrenBelowTop(children)) as never
    refuses(batch, { forge: { account: put(2, 1n), accountChildren } }, 'main.slot[2].operation.account')
  })

  test('a slot of no kind that is used all the same', () => {
    const third = cashBatchOf(STATE, [DEPOSIT, ROTATE, { kind: 'SUSPEND', account: 0 }])
    refuses(third, { forge: { kind: put(2, 0n) }, lies: { 'read[2].always': 0n } }, 'main.read[2].always')
  })

  test('a transfer that is paid and received by nobody, and one that is received and paid by nobody', () => {
    const crossing = 'main.read[1].is.transferIn'
    const suspends = { kind: put(1, kind('SUSPEND')), requested: put(1, 0n), asset: put(1, 0n) }
    refuses(transfer, { forge: suspends }, crossing)
    refuses(transfer, { forge: { kind: put(0, kind('DEPOSIT')), paid: put(0, 0n) } }, crossing)
    const slot = (operation: CashOperation) => cashBatchOf(STATE, [operation]).slots[0]!
    const toHouse = slot(cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 0, nonce: 5n }))
    const last = unlawful(STATE, [slot(ROTATE), slot({ kind: 'SUSPEND', account: 0 }), toHouse])
    refuses(last, {}, 'main.read[2].is.transferOut')
  })

  test('a transfer that moves nothing, whichever of its halves', () => {
    const suspends = cashBatchOf(STATE, [DEPOSIT, { kind: 'SUSPEND', account: 2 }])
    for (const [name, bit] of [
      ['TRANSFER_OUT', 'transferOut'],
      ['TRANSFER_IN', 'transferIn'],
    ] as const) {
      const signal = `read[1].is.${bit}`
      refuses(suspends, { forge: { kind: put(1, kind(name)) }, lies: { [signal]: 0n } }, `main.${signal}`)
    }
  })

  test('a deposit of which a part is paid', () => {
    refuses(batch, { forge: { paid: put(0, 3n) } }, 'main.slot[0].amounts.is.receives')
  })

  test('a request of 2^80 lots, of which all is paid that the account has', () => {
    const all = cashBatchOf(one(HOLDER), [forced(200n)])
    refuses(all, { forge: { requested: put(0, 1n << 80n) } }, /^main\.slot\[0\]\.amounts\.AssertBits\S*\.Num2Bits/)
  })
})

suite('protocol.md#cash-message: one rule alone refuses', () => {
  const widths = /^main\.slot\[0\]\.message\.AssertBits\S*\.Num2Bits/

  test('a message that was used, with a quantum of its amount carried into the nonce', () => {
    const { signature, message } = cashMessage({ amount: 11n, nonce: 3n })
    const carried = { signature, message: { ...message, amount: 10n, nonce: 3n + (1n << 64n) } }
    refuses(payment(one(HOLDER), carried, 10n), {}, widths)
  })

  test('a message that has expired, with a unit of its nonce carried into the expiry', () => {
    const { signature, message } = cashMessage({ nonce: 6n, expiry: NOW - 1n })
    const carried = { signature, message: { ...message, nonce: 5n, expiry: message.expiry + (1n << 40n) } }
    refuses(payment(one(HOLDER), carried, 10n), {}, widths)
  })
})

suite('protocol.md#may-withdraw: one rule alone refuses', () => {
  test('a signed withdrawal at prices of yesterday', () => {
    const short = makeAccount(CASH_VENUE, { cash: 13_000n, positions: { 0: { size: -10n } } })
    expectHonest(cashBatchOf(one(short), [cashMessage()]))
    const { timestamp } = stale
    refuses(payment(one(short), cashMessage({ expiry: timestamp }), 10n, stale), {}, asks)
  })

  test('that positions which sum to zero are none', () => {
    const hedged = makeAccount(CASH_VENUE, { cash: 9_000n, positions: { 0: { size: -3n }, 1: { size: 3n } } })
    expectHonest(cashBatchOf(one(hedged), [forced(10n)]))
    refuses(payment(one(hedged), forced(10n), 10n, stale), {}, asks)
  })

  test('a request that is turned down by a table which nobody posted', () => {
    const batch = payment(one(makeAccount(CASH_VENUE, { cash: 0n, others: [2n] })), forced(2n, 1), 0n, {
      riskTable: undefined,
    })
    const riskWords = (honest: readonly bigint[]) => honest.toSpliced(-3, 2, FIELD - 1n, 1n)
    refuses(batch, { forge: { riskWords } }, 'main.slot[0].margin.priced')
  })

  test('a quantum less than the account may withdraw to the last part of a quantum', () => {
    const scenarioPrices = [1000n, 999n, 1001n]
    const riskTable = makeTable(CASH_VENUE, { initialMarginBps: 10_001n }, { scenarioPrices })
    const exact = makeAccount(CASH_VENUE, { cash: 1_100n, positions: { 0: { size: -1n } } })
    const batch = cashBatchOf(one(exact), [forced(1n << 79n)], { riskTable })
    assert.equal(batch.slots[0]!.paid, 98n)
    expectHonest(batch)
    const less = payment(one(exact), forced(1n << 79n), 97n, { riskTable })
    refuses(less, {}, /^main\.slot\[0\]\.margin\.misses\.Num2Bits/)
  })
})

suite('protocol.md#house: one rule alone refuses', () => {
  const sweeping = cashBatchOf(STATE, [], {}, 1)

  test('fees of books that are not those of the state', () => {
    const elsewhere = makeState(CASH_VENUE, {}, { 1: { fees: 1_000n } })
    const bookChildren = elsewhere.books.path(1).children
    refuses(sweeping, { forge: { fees: 1_000n, bookChildren } }, 'main.sweep.books.oldRoot')
  })

  test('fees that go to another account than the house', () => {
    const account = STATE.accounts.get(1)!
    const forge = {
      houseNonce: account.nonce,
      houseCollateral: account.collateral,
      houseGroups: positionDigests(account),
      houseChildren: childrenBelowTop(STATE.accounts.path(1).children),
    }
    refuses(sweeping, { forge, lies: { 'sweep.accounts.index': 1n } }, 'main.sweep.accounts.index')
  })

  test('fees of 2^80 quanta', () => {
    const indebted = makeState(CASH_VENUE, { 0: makeAccount(CASH_VENUE, { cash: -5n }) }, { 1: { fees: 12n } })
    const { books } = makeState(CASH_VENUE, {}, { 1: { fees: 1n << 80n } })
    const forge = { fees: 1n << 80n, booksRoot: books.root, bookChildren: books.path(1).children }
    refuses(cashBatchOf(indebted, [], {}, 1), { forge }, /^main\.sweep\.AssertBits\S*\.Num2Bits/)
  })
})

test('protocol.md#cash-words: what a kind does not read changes nothing that is public', () => {
  const batch = cashBatchOf(STATE, [DEPOSIT, { kind: 'SUSPEND', account: 2 }])
  const { signal } = attempt(batch)
  for (const name of ['pointX', 'pointY', 'newViewKey', 'messageNonce', 'expiry']) {
    for (const slot of [0, 1, 2]) {
      const other = attempt(batch, { forge: { [name]: put(slot, 9n) } })
      assert.deepEqual(other.broken, [])
      for (const word of ['a', 'b', 'c', 'leaf']) {
        const at = `slot[${slot}].words.${word}`
        assert.equal(other.signal(at), signal(at))
      }
    }
  }
})

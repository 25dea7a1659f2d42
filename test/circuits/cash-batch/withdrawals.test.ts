import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Rule } from '../../../lab/circuits/harness.ts'
import { dishonestCashProver } from '../../../lab/dishonesty/cash-prover.ts'
import { put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { CASH_VENUE, cashBatchOf, cashMessage, payment } from '../../../lab/instances/cash.ts'
import { makeAccount, makeState, makeTable, NOW } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import type { CashBatch } from '../../../protocol/cash-batch/cash-batch.ts'
import type { CashBatchContext } from '../../../protocol/cash-batch/slot.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { hashRiskTable } from '../../../protocol/risk-table.ts'

const { attempt, expectHonest, refuses } = await dishonestCashProver()

const TABLE = makeTable(CASH_VENUE)
const one = (account: Account) => makeState(CASH_VENUE, { 1: account })
const forced = (requested: bigint, asset = 0) => ({ kind: 'FORCED', account: 1, asset, requested }) as const

const FLAT = makeAccount(CASH_VENUE, { cash: 100n, others: [50n] })
/** May withdraw 735 quanta: its equity of 3,135 less 120 % of a loss of 2,000. */
const SHORT = makeAccount(CASH_VENUE, { cash: 13_000n, others: [50n], positions: { 0: { size: -10n } } })

const margin = /^main\.slot\[0\]\.margin\.excess\.AssertBits\S*\.Num2Bits/
const missing = /^main\.slot\[0\]\.margin\.misses\.Num2Bits/
const amounts = /^main\.slot\[0\]\.amounts\.AssertBits\S*\.Num2Bits/
const signature = /^main\.slot\[0\]\.message\.signature\./

/** A forced withdrawal of that account that pays what the model does not. */
function overpaid(account: Account, requested: bigint, paid: bigint, overrides: Partial<CashBatchContext> = {}) {
  expectHonest(cashBatchOf(one(account), [forced(requested)], overrides))
  return payment(one(account), forced(requested), paid, overrides)
}

suite('protocol.md#may-withdraw: FORCED refuses to pay', () => {
  const cases: [string, CashBatch, Rule][] = [
    ['a quantum more than initial margin leaves', overpaid(SHORT, 1n << 79n, 736n), margin],
    ['more than was asked for', overpaid(FLAT, 30n, 31n), [amounts, 'main.slot[0].margin.priced', missing]],
    [
      'more than the vault has',
      overpaid(FLAT, 30n, 11n, { vault: [10n, 0n] }),
      [amounts, 'main.slot[0].margin.priced', missing],
    ],
    ['more than the account has', overpaid(FLAT, 200n, 101n), 'main.slot[0].margin.negative'],
    ['a flagged account', overpaid({ ...FLAT, flaggedAt: 9n }, 30n, 1n), 'main.slot[0].margin.flagged'],
    ['a quantum less than initial margin leaves', overpaid(SHORT, 1n << 79n, 734n), missing],
    ['nothing where something is due', overpaid(SHORT, 1n << 79n, 0n), missing],
    ['a flat account less than it has', overpaid(FLAT, 200n, 99n), ['main.slot[0].margin.priced', missing]],
    ['a flat account less than it asked for', overpaid(FLAT, 30n, 29n), ['main.slot[0].margin.priced', missing]],
    ['less than the vault has', overpaid(FLAT, 30n, 9n, { vault: [10n, 0n] }), ['main.slot[0].margin.priced', missing]],
  ]
  for (const [what, transition, rule] of cases) test(what, () => void refuses(transition, {}, rule))

  test('by a scenario in which the account does not miss margin, or one that does not exist', () => {
    const batch = cashBatchOf(one(SHORT), [forced(1n << 79n)])
    refuses(batch, { forge: { scenario: put(0, 0n) } }, missing)
    refuses(batch, { forge: { scenario: put(0, 3n) } }, [/^main\.slot\[0\]\.margin\.OneHot/, missing])
  })

  test('by calling an account priced that is not, or exhausted, or barred', () => {
    const batch = payment(one(FLAT), forced(30n), 0n)
    for (const [signal, value] of [
      ['priced', 1n],
      ['exhausted', 1n],
      ['able', 0n],
      ['spare', 0n],
      ['refused', 0n],
    ] as const) {
      const name = `main.slot[0].margin.${signal}`
      const made = attempt(batch, { lies: { [name]: value } })
      assert.ok(
        made.broken.some((signals) => signals.split(' ').includes(name)),
        signal,
      )
      assert.ok(!made.shippedAccepts())
    }
  })

  test('by a larger worst loss it pays no less: a larger bound only refuses what is paid', () => {
    const batch = cashBatchOf(one(SHORT), [forced(1n << 79n)])
    refuses(batch, { forge: { worstLoss: (honest: readonly bigint[]) => honest.with(0, honest[0]! + 1n) } }, margin)
    refuses(batch, { forge: { worstLoss: (honest: readonly bigint[]) => honest.with(0, honest[0]! - 1n) } }, margin)
  })
})

suite('protocol.md#may-withdraw: an account with a large position', () => {
  const riskTable = makeTable(CASH_VENUE, {}, { largeLots: 7n, largeRisk: 30n })
  const paid = 735n - 108n // 120 % of three lots at 30

  test('is paid what initial margin leaves, the addition counted: no quantum more, and no less', () => {
    const batch = cashBatchOf(one(SHORT), [forced(1n << 79n)], { riskTable })
    assert.equal(batch.slots[0]!.paid, paid)
    expectHonest(batch)
    refuses(payment(one(SHORT), forced(1n << 79n), paid + 1n, { riskTable }), {}, margin)
    refuses(payment(one(SHORT), forced(1n << 79n), paid - 1n, { riskTable }), {}, missing)
  })

  test('is not paid more, or turned down, by lies about how large it is', () => {
    const value = 'main.slot[0].margin.value'
    for (const [to, lies] of [
      [paid + 1n, { [`${value}.small[0]`]: 1n }],
      [paid - 1n, { [`${value}.portfolio.overLots[0]`]: 4n }],
      [paid - 1n, { [`${value}.largeRisk[0]`]: 91n }],
      [paid + 1n, { [`${value}.portfolio.fixedRisk`]: 0n }],
    ] as const) {
      const made = attempt(payment(one(SHORT), forced(1n << 79n), to, { riskTable }), { lies })
      const [name] = Object.keys(lies) as [string]
      const words = made.broken.flatMap((signals) => signals.split(' '))
      assert.ok(words.includes(name), `${name}: ${made.broken.join('\n')}`)
      assert.ok(!made.shippedAccepts())
    }
  })
})

suite('protocol.md#may-withdraw: a table that is not current', () => {
  const stale = { timestamp: NOW + TABLE.maxAge + 1n }
  const asks = 'main.slot[0].margin.asks'

  test('serves a flat account, and neither pays nor turns down another', () => {
    expectHonest(cashBatchOf(one(FLAT), [forced(30n)], stale))
    expectHonest(cashBatchOf(one(FLAT), [forced(30n)], { riskTable: undefined }))
    refuses(payment(one(SHORT), forced(1n << 79n), 735n, stale), {}, asks)
    refuses(payment(one(SHORT), forced(1n << 79n), 0n, stale), {}, [asks, missing])
    const debtor = { ...FLAT, collateral: [-1n, 50n] }
    refuses(payment(one(debtor), forced(10n, 1), 0n, stale), {}, [asks, missing])
    refuses(payment(one(debtor), forced(10n, 1), 10n, stale), {}, asks)
  })

  test('serves for the last second of its age and the first, and for no other', () => {
    for (const timestamp of [NOW, NOW + TABLE.maxAge])
      expectHonest(cashBatchOf(one(SHORT), [forced(9n)], { timestamp }))
    for (const timestamp of [NOW - 1n, NOW + TABLE.maxAge + 1n]) {
      refuses(payment(one(SHORT), forced(9n), 9n, { timestamp }), {}, asks)
    }
  })

  test('cannot be another than that of riskRoot, in a batch either that asks for no prices', () => {
    const other = hashRiskTable(makeTable(CASH_VENUE, { maxAge: 9n }))
    const table = /main\.(risk\.riskRoot|riskRoot)/
    for (const batch of [
      cashBatchOf(one(SHORT), [forced(9n)]),
      cashBatchOf(one(FLAT), [forced(30n)]),
      cashBatchOf(one(FLAT), []),
      cashBatchOf(one(FLAT), [forced(30n)], { riskTable: undefined }),
    ]) {
      for (const riskRoot of [other, 5n]) refuses(batch, { forge: { riskRoot } }, table)
    }
  })

  test('is none where riskRoot is 0', () => {
    refuses(cashBatchOf(one(SHORT), [forced(9n)]), { forge: { riskRoot: 0n } }, asks)
    refuses(cashBatchOf(one(SHORT), [forced(9n)]), { forge: { riskRoot: 0n }, lies: { current: 1n } }, 'main.current')
  })
})

suite('protocol.md#cash-message: a signed withdrawal is refused', () => {
  const state = one({ ...FLAT, nonce: 4n })
  const valid = { nonce: 5n }
  const paid = (message: ReturnType<typeof cashMessage>, amount = 10n, overrides = {}) =>
    payment(state, message, amount, overrides)

  test('nothing of the honest one', () => {
    expectHonest(paid(cashMessage(valid)))
    expectHonest(cashBatchOf(state, [cashMessage(valid)]))
  })

  test('signed by another key, for another venue, or with a changed field', () => {
    refuses(paid(cashMessage(valid, { key: new Uint8Array(32).fill(8) })), {}, signature)
    refuses(paid(cashMessage(valid, { domain: 8n })), {}, signature)
    const { signature: given, message } = cashMessage(valid)
    for (const change of [{ amount: 11n }, { nonce: 6n }, { expiry: NOW + 1n }, { asset: 1 }]) {
      const changed = { signature: given, message: { ...message, ...change } }
      refuses(paid(changed, changed.message.amount), {}, signature)
    }
  })

  test('of another account, whose key it is not', () => {
    const other = { ...FLAT, tradingKey: { x: 0n, y: 1n } }
    const two = makeState(CASH_VENUE, { 1: FLAT, 2: other })
    const { signature: given, message } = cashMessage()
    refuses(payment(two, { signature: given, message: { ...message, account: 2 } }, 10n), {}, signature)
  })

  test('with a nonce that was used: a replay', () => {
    const nonces = /^main\.slot\[0\]\.message\.AssertBits\S*\.Num2Bits/
    for (const nonce of [4n, 3n, 0n]) refuses(paid(cashMessage({ nonce })), {}, nonces)
    const wide = paid(cashMessage(valid))
    const made = attempt(wide, { forge: { messageNonce: put(0, 1n << 64n) } })
    assert.ok(made.broken.some((signals) => nonces.test(signals)) && !made.shippedAccepts())
  })

  test('a second past its expiry', () => {
    const late = paid(cashMessage({ ...valid, expiry: NOW - 1n }))
    refuses(late, {}, /^main\.slot\[0\]\.message\.AssertBits\S*\.Num2Bits/)
  })

  test('that pays more or less than it names, or a quantum more than may be withdrawn', () => {
    const message = cashMessage(valid)
    for (const amount of [9n, 11n, 0n]) {
      const made = attempt(paid(message, amount))
      assert.ok(
        made.broken.some((signals) => /\.requested .*\.paid/.test(signals)),
        made.broken.join('\n'),
      )
      assert.ok(!made.shippedAccepts())
    }
    const most = one(SHORT)
    expectHonest(cashBatchOf(most, [cashMessage({ amount: 735n })]))
    refuses(payment(most, cashMessage({ amount: 736n }), 736n), {}, margin)
    refuses(paid(cashMessage({ ...valid, amount: 101n }), 101n), {}, 'main.slot[0].margin.negative')
    refuses(paid(cashMessage(valid), 10n, { vault: [9n, 0n] }), {}, amounts)
    const flagged = one({ ...FLAT, flaggedAt: 1n })
    refuses(payment(flagged, cashMessage(), 10n), {}, 'main.slot[0].margin.flagged')
  })

  test('whose nonce the account does not keep', () => {
    const batch = cashBatchOf(state, [cashMessage(valid)])
    refuses(batch, { lies: { 'slot[0].nonceChange': 0n } }, 'main.slot[0].nonceChange')
    refuses(batch, { lies: { 'slot[0].after.nonce': 4n } }, 'main.slot[0].after.nonce')
  })
})

suite('protocol.md#cash-words: amounts', () => {
  const batch = cashBatchOf(one(FLAT), [forced(30n)])

  test('of 2^80 lots are refused, so that a word has one meaning', () => {
    for (const name of ['requested', 'paid', 'available']) {
      for (const value of [1n << 80n, FIELD - 1n]) {
        const made = attempt(batch, { forge: { [name]: put(0, value) } })
        assert.ok(
          made.broken.some((signals) => amounts.test(signals)),
          name,
        )
        assert.ok(!made.shippedAccepts())
      }
    }
  })

  test('change what is public: a prover who pays past what the contract says is available says so', () => {
    const more = attempt(batch, { forge: { available: put(0, 40n) } })
    assert.deepEqual(more.broken, [])
    const data = ['dataCommitment', 'dataChallenge', 'dataValue'] as const
    const { signal } = attempt(batch)
    const published = Object.fromEntries(data.map((name) => [name, signal(name)]))
    refuses(batch, { forge: { available: put(0, 40n), ...published } }, ['main.data.commitment', 'main.data.value'])
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { InputValue } from '../../../circuits/types.ts'
import { dishonestCashProver } from '../../../lab/dishonesty/cash-prover.ts'
import { put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { CASH_VENUE, cashBatchOf, cashMessage, unlawful } from '../../../lab/instances/cash.ts'
import { makeAccount, makeState, TRADING_KEY } from '../../../lab/instances/model.ts'
import type { CashBatch } from '../../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../../protocol/cash-batch/operation.ts'
import type { CashSlot } from '../../../protocol/cash-batch/slot.ts'
import { addPoints, BASE } from '../../../protocol/crypto/baby-jubjub.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { CASH_KINDS } from '../../../protocol/parameters.ts'
import { keyToRegister, registeredKey } from '../../../protocol/signature.ts'
import { childrenBelowTop } from '../../../protocol/tree.ts'

const { attempt, expectHonest, refuses } = await dishonestCashProver()

const HOLDER = makeAccount(CASH_VENUE, { cash: 100n, others: [50n], viewKey: 0n, nonce: 3n })
const STATE = makeState(CASH_VENUE, { 0: makeAccount(CASH_VENUE), 1: HOLDER, 2: makeAccount(CASH_VENUE) })
const REGISTER: CashOperation = { kind: 'REGISTER', account: 5, key: keyToRegister(TRADING_KEY), ownerCommitment: 9n }
const DEPOSIT: CashOperation = { kind: 'DEPOSIT', account: 1, asset: 0, amount: 7n }
const ROTATE: CashOperation = { kind: 'ROTATE', account: 2, key: BASE }

/** The slot that an operation comes to, as the model would make it in another state. */
const slotOf = (operation: CashOperation, elsewhere = STATE): CashSlot => cashBatchOf(elsewhere, [operation]).slots[0]!
const fills = (batch: CashBatch, lies: Readonly<Record<string, bigint>>) => {
  const [name] = Object.keys(lies)
  return refuses(batch, { lies }, `main.${name}`)
}
/** Refused, the constraints of the rule among those that break. */
function refusesAmongOthers(batch: CashBatch, dishonesty: Parameters<typeof attempt>[1], rule: RegExp) {
  const made = attempt(batch, dishonesty)
  assert.ok(
    made.broken.some((signals) => rule.test(signals)),
    made.broken.join('\n'),
  )
  assert.ok(!made.shippedAccepts())
}

suite('protocol.md#cash-kinds: every slot does one thing', () => {
  const batch = cashBatchOf(STATE, [DEPOSIT, ROTATE])

  test('nothing of the honest batch is refused', () => expectHonest(batch))

  test('a kind that does not exist, and two kinds at once', () => {
    const oneHot = /^main\.read\[0\]\.OneHot/
    for (const kind of [14n, 15n, 16n, FIELD - 1n]) refusesAmongOthers(batch, { forge: { kind: put(0, kind) } }, oneHot)
    for (const lies of [{ 'read[0].is.forced': 1n }, { 'read[0].is.used': 0n }, { 'read[1].is.deposit': 1n }]) {
      refusesAmongOthers(batch, { lies }, /main\.read\[[01]\]\.is\./)
    }
    const rotates = BigInt(CASH_KINDS.ROTATE)
    const both = { lies: { 'read[0].is.deposit': 1n, 'read[0].is.rotate': 1n, 'read[0].is.moves': 1n } }
    refusesAmongOthers(batch, { forge: { kind: put(0, rotates) }, ...both }, /main\.read\[0\]\.is\./)
  })

  test('a slot that is not used changes nothing, says nothing, and none after it is used', () => {
    fills(batch, { 'slot[2].newNodes[0]': 5n })
    for (const word of ['a', 'b', 'c', 'leaf']) fills(batch, { [`slot[2].words.${word}`]: 5n })
    refusesAmongOthers(batch, { forge: { account: put(2, 1n) } }, /main\.slot\[2\]\.operation\.account/)
    for (const name of ['requested', 'paid', 'available']) {
      refusesAmongOthers(batch, { forge: { [name]: put(2, 1n) } }, /^main\.slot\[2\]\.amounts\./)
    }
    refusesAmongOthers(batch, { forge: { asset: put(2, 1n) } }, /^main\.slot\[2\]\.OneHot/)
    refusesAmongOthers(batch, { forge: { kind: put(0, 0n) } }, /main\.read\[1\]\.is\.used/)
  })

  test('an asset that does not exist', () => {
    refusesAmongOthers(batch, { forge: { asset: put(0, 2n) } }, /^main\.slot\[0\]\.OneHot/)
    refusesAmongOthers(batch, { forge: { asset: put(1, 1n) } }, /^main\.slot\[1\]\.OneHot/)
  })

  test('each slot works on the tree as the one before left it', () => {
    const stale = (honest: readonly InputValue[]) => honest.with(1, childrenBelowTop(STATE.accounts.path(2).children))
    refusesAmongOthers(batch, { forge: { accountChildren: stale } }, /main\.slot\[1\]\.path\.node/)
    const order = unlawful(STATE, [slotOf(DEPOSIT), slotOf(DEPOSIT)])
    refusesAmongOthers(order, {}, /main\.slot\[1\]\.path\.path\.picked/)
  })
})

suite('protocol.md#cash-kinds: what is not named stays', () => {
  const batch = cashBatchOf(STATE, [DEPOSIT, ROTATE])
  for (const signal of ['ownerCommitment', 'viewKey', 'status', 'nonce', 'position[1].size', 'position[0].openBuy']) {
    test(`refuses another ${signal}`, () => {
      fills(batch, { [`slot[0].after.${signal}`]: 77n })
      fills(batch, { [`slot[1].after.${signal}`]: 77n })
    })
  }

  test('refuses another key of a deposit, and collateral of a rotation', () => {
    fills(batch, { 'slot[0].after.keyX': 77n })
    fills(batch, { 'slot[0].after.keyY': 77n })
    fills(batch, { 'slot[1].after.collateral[0]': 77n })
  })

  test('refuses to credit another amount than was deposited, by one quantum, or another asset', () => {
    for (const value of [106n, 108n]) fills(batch, { 'slot[0].after.collateral[0]': value })
    fills(batch, { 'slot[0].after.collateral[1]': 57n })
    fills(batch, { 'slot[0].amounts.received': 8n })
  })

  test('refuses collateral beyond its width', () => {
    const full = makeState(CASH_VENUE, { 1: { ...HOLDER, collateral: [(1n << 80n) - 8n, 0n] } })
    expectHonest(cashBatchOf(full, [DEPOSIT]))
    const poorer = makeState(CASH_VENUE, { 1: { ...HOLDER, collateral: [(1n << 80n) - 9n, 0n] } })
    const more = { ...DEPOSIT, amount: 9n } as CashOperation
    const slot = slotOf({ ...DEPOSIT, amount: 8n } as CashOperation, poorer)
    const wide = unlawful(poorer, [{ ...slot, operation: more }])
    refuses(wide, {}, /^main\.slot\[0\]\.IsNegative\S*\.Num2Bits/)
  })
})

suite('protocol.md#cash-kinds: REGISTER and ROTATE', () => {
  const batch = cashBatchOf(STATE, [REGISTER])

  test('a leaf that is taken is refused, whatever is said of it', () => {
    expectHonest(batch)
    const taken = { ...REGISTER, account: 1 } as CashOperation
    const empty = makeState(CASH_VENUE, { 0: makeAccount(CASH_VENUE) })
    refusesAmongOthers(unlawful(STATE, [slotOf(taken, empty)]), {}, /main\.slot\[0\]\.path\.path\.picked/)
    fills(unlawful(STATE, [slotOf(taken, empty)]), {
      'slot[0].path.oldLeaf': attempt(cashBatchOf(STATE, [DEPOSIT])).signal('slot[0].found'),
    })
  })

  test('an account that begins with anything but zeros is refused', () => {
    const names = ['viewKey', 'status', 'nonce'] as const
    for (const name of names)
      refusesAmongOthers(batch, { forge: { [name]: put(0, 2n) } }, new RegExp(`before\\.${name}|${name}\\[0\\]`))
    const first = (honest: readonly (readonly bigint[])[]) => honest.with(0, [0n, 2n])
    for (const name of ['collateral', 'size', 'fundingIndex', 'openBuy', 'openSell']) {
      refusesAmongOthers(batch, { forge: { [name]: first } }, /main\.(slot\[0\]\.)?(before|is|read\[0\])/)
    }
  })

  test('the key is 8 times the point that is public, and no other', () => {
    const { signal } = attempt(batch)
    assert.deepEqual([signal('slot[0].after.keyX'), signal('slot[0].after.keyY')], [TRADING_KEY.x, TRADING_KEY.y])
    fills(batch, { 'slot[0].after.keyX': 5n })
    fills(batch, { 'slot[0].key.keyY': 5n })
    fills(batch, { 'slot[0].key.twice.adder.xout': 5n })
    fills(batch, { 'slot[0].words.a': 5n })
    fills(batch, { 'slot[0].words.b': 5n })
    fills(batch, { 'slot[0].words.c': 5n })
  })

  test('a point with a part of small order becomes a key of prime order', () => {
    const ofOrderTwo = { x: 0n, y: FIELD - 1n }
    const key = addPoints(BASE, ofOrderTwo)
    const { after } = cashBatchOf(STATE, [{ ...ROTATE, key } as CashOperation])
    assert.deepEqual(after.accounts.get(2)!.tradingKey, registeredKey(BASE))
    expectHonest(cashBatchOf(STATE, [{ ...ROTATE, key } as CashOperation]))
  })
})

suite('protocol.md#cash-kinds: SUSPEND, RESUME and VIEW', () => {
  const open = makeState(CASH_VENUE, {
    0: makeAccount(CASH_VENUE),
    1: {
      ...HOLDER,
      suspended: true,
      flaggedAt: 6n,
      positions: makeAccount(CASH_VENUE, { positions: { 1: { openSell: 1n } } }).positions,
    },
    2: HOLDER,
  })

  test('an account with open lots stays suspended, one without resumes', () => {
    const stays = cashBatchOf(open, [{ kind: 'RESUME', account: 1 }])
    expectHonest(stays)
    fills(stays, { 'slot[0].lifted': 1n })
    fills(stays, { 'slot[0].after.status': 12n })
    const suspends = cashBatchOf(
      open,
      [0, 1, 2].map((account) => ({ kind: 'SUSPEND', account }) as const),
    )
    expectHonest(suspends)
    assert.equal(attempt(suspends).signal('slot[2].after.status'), 1n)
    fills(suspends, { 'slot[1].suspends': 1n })
    fills(suspends, { 'slot[2].suspends': 0n })
    refusesAmongOthers(suspends, { lies: { 'slot[1].standing.suspended': 0n } }, /^main\.slot\[1\]\.standing\./)
    const resumes = cashBatchOf(suspends.after, [{ kind: 'RESUME', account: 2 }])
    expectHonest(resumes)
    assert.equal(attempt(resumes).signal('slot[0].after.status'), 0n)
    fills(resumes, { 'slot[0].lifted': 0n })
  })

  test('a RESUME of an account that is not suspended changes nothing of it', () => {
    const batch = cashBatchOf(STATE, [{ kind: 'RESUME', account: 1 }])
    assert.deepEqual(batch.after.accounts.get(1), HOLDER)
    expectHonest(batch)
  })

  test('a view key is set once, is not 0, and its commitment is public', () => {
    const view = (viewKey: bigint) => ({ kind: 'VIEW', account: 1, viewKey }) as const
    const batch = cashBatchOf(STATE, [view(9n)])
    expectHonest(batch)
    const twice = makeState(CASH_VENUE, { 1: { ...HOLDER, viewKey: 4n } })
    const slot = { ...slotOf(view(9n)), before: twice.accounts.get(1) }
    refuses(unlawful(twice, [slot]), {}, 'main.slot[0].view.key')
    const zero = { ...slotOf(view(9n)), operation: view(0n), after: HOLDER }
    refuses(unlawful(STATE, [zero]), {}, 'main.slot[0].view.empty')
    fills(batch, { 'slot[0].view.newKey': 5n })
    fills(batch, { 'slot[0].view.word': 5n })
    fills(batch, { 'slot[0].words.a': attempt(cashBatchOf(STATE, [view(8n)])).signal('slot[0].words.a') })
  })
})

test('protocol.md#cash-kinds: a deposit does not carry an asset out of the width of collateral', () => {
  const deposit: CashOperation = { kind: 'DEPOSIT', account: 1, asset: 1, amount: 1n }
  const most = (1n << 80n) - 1n
  const holding = (lots: bigint) => ({ ...HOLDER, collateral: [100n, lots] })
  const state = (lots: bigint) => makeState(CASH_VENUE, { 1: holding(lots) })
  const fits = cashBatchOf(state(most - 1n), [deposit])
  expectHonest(fits)
  const slot = { ...fits.slots[0]!, before: holding(most), after: holding(most + 1n) }
  refuses(unlawful(state(most), [slot]), {}, /^main\.slot\[0\]\.IsNegative/)
})

suite('protocol.md#cash-kinds: a transfer', () => {
  const transfer = cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 2, nonce: 4n })
  const batch = cashBatchOf(STATE, [transfer])
  const [payer, payee] = batch.slots as [CashSlot, CashSlot]
  const deposit = slotOf(DEPOSIT)

  test('nothing of the honest one is refused, to itself neither', () => {
    expectHonest(batch)
    expectHonest(cashBatchOf(STATE, [DEPOSIT, transfer]))
    expectHonest(cashBatchOf(STATE, [cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 1, nonce: 4n })]))
  })

  test('that is paid and not received, or received and not paid, is refused', () => {
    const crossing = /main\.read\[\d\]\.is\.transfer(In|Out)/
    for (const slots of [[payer], [payer, deposit], [deposit, deposit, payer]]) {
      refusesAmongOthers(unlawful(STATE, slots), {}, crossing)
    }
    for (const slots of [[payee], [deposit, payee], [payee, payer], [payer, payee, payee]]) {
      refusesAmongOthers(unlawful(STATE, slots), {}, crossing)
    }
  })

  test('to another account than was signed', () => {
    const other = { ...payee, account: 0 }
    refusesAmongOthers(unlawful(STATE, [payer, other]), {}, /^main\.slot\[0\]\.message\.signature\./)
    refuses(batch, { lies: { 'payee[0]': 0n } }, ['main.payee[0]', /^main\.slot\[0\]\.message\.signature\./])
    refuses(batch, { lies: { 'payer[1]': 0n } }, 'main.payer[1]')
  })

  test('of another amount or asset than was paid, by one quantum', () => {
    const amount = /main\.requested\[1\]/
    for (const value of [9n, 11n]) refusesAmongOthers(batch, { forge: { requested: put(1, value) } }, amount)
    refusesAmongOthers(batch, { forge: { asset: put(1, 1n) } }, /main\.asset\[1\]/)
    fills(batch, { 'slot[1].after.collateral[0]': 5n })
  })
})

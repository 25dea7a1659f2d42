import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { InputValue } from '../../../circuits/types.ts'
import { dishonestCashProver } from '../../../lab/dishonesty/cash-prover.ts'
import { put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { CASH_VENUE, cashBatchOf } from '../../../lab/instances/cash.ts'
import { makeAccount, makeState, makeTable, NOW } from '../../../lab/instances/model.ts'
import type { Book, OrderInHand } from '../../../protocol/book.ts'
import type { CashBatch } from '../../../protocol/cash-batch/cash-batch.ts'
import { cashWordCount, unpackCashData } from '../../../protocol/cash-batch/words.ts'
import { FIELD, toField } from '../../../protocol/numbers.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { type RiskTable, riskTableWords } from '../../../protocol/risk-table.ts'
import { packSlot } from '../../../protocol/slot.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { childrenBelowTop } from '../../../protocol/tree.ts'

const { attempt, expectHonest, refuses } = await dishonestCashProver()

const HOUSE = makeAccount(CASH_VENUE, { cash: 1n, positions: { 1: { size: 3n } } })
const OTHER = makeAccount(CASH_VENUE, { positions: { 0: { size: -3n } } })
const STATE = makeState(CASH_VENUE, { 0: HOUSE, 1: OTHER }, { 0: { fees: 5n }, 1: { fees: 12n } })
const DEPOSIT = { kind: 'DEPOSIT', account: 0, asset: 0, amount: 7n } as const
const sweeping = cashBatchOf(STATE, [DEPOSIT], {}, 1)
const quiet = cashBatchOf(STATE, [DEPOSIT])

function refusesAmongOthers(batch: CashBatch, dishonesty: Parameters<typeof attempt>[1], rule: RegExp) {
  const made = attempt(batch, dishonesty)
  assert.ok(
    made.broken.some((signals) => rule.test(signals)),
    made.broken.join('\n'),
  )
  assert.ok(!made.shippedAccepts())
}
const WORDS = cashWordCount(CASH_VENUE)
const wordsOf = (signal: (name: string) => bigint) =>
  Array.from({ length: WORDS }, (_, i) => signal(`words.words[${i}]`))

suite('protocol.md#house: the sweep', () => {
  test('moves all fees of one market to the house, after the slots, and says so in words', () => {
    expectHonest(sweeping)
    expectHonest(quiet)
    const { sweep, slots, newStateRoot } = unpackCashData(wordsOf(attempt(sweeping).signal))
    assert.deepEqual([sweep!.market, sweep!.amount], [1, 12n])
    assert.notEqual(sweep!.houseLeaf, slots[0]!.leaf)
    assert.equal(newStateRoot, stateRoot(sweeping.after))
    assert.equal(unpackCashData(wordsOf(attempt(quiet).signal)).sweep, undefined)
  })

  test('takes the fees away from the book, all of them', () => {
    refuses(sweeping, { lies: { 'sweep.swept.fees': 1n } }, 'main.sweep.swept.fees')
    refuses(sweeping, { lies: { 'sweep.newBooksRoot': sweeping.before.books.root } }, 'main.sweep.newBooksRoot')
    refusesAmongOthers(sweeping, { forge: { fees: 13n } }, /main\.sweep\.books\.picked/)
  })

  test('gives the house what the book had, to the quantum, and changes nothing else of it', () => {
    for (const value of [19n, 21n]) refuses(sweeping, { lies: { 'sweep.richer[0]': value } }, 'main.sweep.richer[0]')
    refuses(sweeping, { lies: { 'sweep.richer[1]': 5n } }, 'main.sweep.richer[1]')
    for (const name of ['houseNonce', 'houseStatus', 'houseViewKey', 'houseKeyX', 'houseOwnerCommitment']) {
      refusesAmongOthers(sweeping, { forge: { [name]: 5n } }, /main\.sweep\.accounts\.path\.picked/)
    }
  })

  test('gives to account 0, as the slots left it', () => {
    const { accounts } = sweeping.before
    refusesAmongOthers(
      sweeping,
      { forge: { houseChildren: childrenBelowTop(accounts.path(1).children) } },
      /main\.sweep\.accounts\.path\.picked/,
    )
    const other = { houseChildren: childrenBelowTop(accounts.path(0).children), houseCollateral: [1n, 0n] }
    refusesAmongOthers(sweeping, { forge: other }, /main\.sweep\.accounts\.node/)
  })

  test('is of a market that exists, of one book, with fees of 80 bits', () => {
    refusesAmongOthers(sweeping, { forge: { market: 0n } }, /main\.sweep\.books\.picked/)
    for (const market of [4n, 16n, FIELD - 1n]) {
      refusesAmongOthers(sweeping, { forge: { market } }, /main\.sweep\.books\.Num2Bits/)
    }
    const empty = { bids: [0n, 0n], asks: [0n, 0n], salt: 0n, fees: 0n } satisfies Record<string, InputValue>
    refusesAmongOthers(sweeping, { forge: { market: 2n, ...empty } }, /main\.sweep\.books\.picked/)
    const most = makeState(CASH_VENUE, { 0: HOUSE }, { 0: { fees: (1n << 80n) - 1n } })
    const house = { ...HOUSE, collateral: [-1n, 0n] }
    expectHonest(cashBatchOf({ ...most, accounts: most.accounts.set(0, house) }, [], {}, 0))
    refusesAmongOthers(cashBatchOf(most, [], {}, 1), { forge: { fees: 1n << 80n } }, /main\.sweep\.AssertBits/)
  })

  test('does not carry the house out of the width of cash', () => {
    const rich = (fees: bigint) =>
      makeState(CASH_VENUE, { 0: { ...HOUSE, collateral: [(1n << 80n) - 12n, 0n] } }, { 1: { fees } })
    const fits = cashBatchOf(rich(11n), [], {}, 1)
    expectHonest(fits)
    const more = { ...fits, before: rich(12n), sweep: { market: 1, amount: 12n, retires: false } }
    refusesAmongOthers(more, {}, /main\.sweep\.IsNegative/)
  })

  test('happens once or not at all, and not at all changes nothing', () => {
    refusesAmongOthers(sweeping, { forge: { sweeps: 2n } }, /main\.AssertBinary|main\.sweeps/)
    for (const signal of ['newAccountNodes[0]', 'newBooksRoot', 'word', 'leaf']) {
      refuses(quiet, { lies: { [`sweep.${signal}`]: 5n } }, `main.sweep.${signal}`)
    }
    refuses(sweeping, { lies: { 'sweep.word': 0n } }, 'main.sweep.word')
    refuses(sweeping, { lies: { 'sweep.leaf': 0n } }, 'main.sweep.leaf')
  })
})

suite('protocol.md#retiring', () => {
  const table = makeTable(CASH_VENUE, { asOf: NOW }, { phase: PHASES.SETTLED, lastTradeTime: 0n })
  const [settled, open] = [table, makeTable(CASH_VENUE)]
  const both = (riskTable: RiskTable) => ({ riskTable })
  const FLAT = makeAccount(CASH_VENUE, { cash: 1n })
  const LEFT = makeState(CASH_VENUE, { 0: FLAT, 1: OTHER }, { 0: { fees: 5n }, 1: { fees: 12n } })
  const retiring = cashBatchOf(LEFT, [DEPOSIT], both(settled), 1)
  /** Market 0, in which somebody holds three lots. */
  const held = cashBatchOf(LEFT, [DEPOSIT], both(settled), 0)
  const LAST = 'main.sweep.retired'

  test('a sweep says that nothing is left in a settled market, after the amount', () => {
    expectHonest(retiring)
    const told = unpackCashData(wordsOf(attempt(retiring).signal)).sweep!
    assert.deepEqual([told.market, told.amount, told.retires], [1, 12n, true])
    refuses(
      retiring,
      { lies: { 'sweep.word': attempt(retiring).signal('sweep.word') - (1n << 89n) } },
      'main.sweep.word',
    )
  })

  test('a venue may sweep and leave it at that', () => {
    const { broken } = attempt(retiring, { forge: { retires: 0n } })
    assert.deepEqual(broken, [])
  })

  test('not while somebody holds a lot in it, whatever is said of another market', () => {
    assert.equal(held.sweep!.retires, false)
    expectHonest(held)
    refusesAmongOthers(held, { forge: { retires: 1n } }, /^main\.sweep\.retired\.lots/)
    refuses(held, { forge: { retires: 1n }, lies: { 'sweep.retired.lots': 0n } }, `${LAST}.lots`)
    refuses(held, { forge: { retires: 1n }, lies: { 'sweep.retired.openInterest[0]': 0n } }, /openInterest/)
    refusesAmongOthers(held, { forge: { retires: 1n }, lies: { 'sweep.retired.named': 1n } }, /named|market/)
  })

  test('goes by what the slots leave: by who is paid out in the same batch', () => {
    const paying = cashBatchOf(STATE, [{ kind: 'EXPIRE', account: 0, market: 1 }], both(settled), 1)
    assert.deepEqual([paying.after.openInterest[1], paying.sweep!.retires], [0n, true])
    expectHonest(paying)
    refuses(paying, { lies: { 'newOpenInterest[1]': 3n } }, /newOpenInterest\[1\]|^main\.sweep\.retired\.lots/)
    const not = cashBatchOf(STATE, [DEPOSIT], both(settled), 1)
    assert.equal(not.sweep!.retires, false)
    refusesAmongOthers(not, { forge: { retires: 1n } }, /^main\.sweep\.retired\.lots/)
  })

  test('not before it is settled, nor by a table that nobody opened', () => {
    for (const riskTable of [open, makeTable(CASH_VENUE, {}, { phase: PHASES.SHELTERED })]) {
      const batch = cashBatchOf(LEFT, [DEPOSIT], both(riskTable), 1)
      assert.equal(batch.sweep!.retires, false)
      refusesAmongOthers(batch, { forge: { retires: 1n } }, /^main\.sweep\.retired\.(picked|retires)/)
      refuses(
        batch,
        { forge: { retires: 1n }, lies: { 'sweep.retired.picked': PHASES.SETTLED } },
        /^main\.sweep\.retired\.(picked|Pick\w*\.out) /,
      )
    }
    const unpriced = cashBatchOf(LEFT, [DEPOSIT], { riskTable: undefined }, 1)
    assert.equal(unpriced.sweep!.retires, false)
    const riskWords = riskTableWords(settled).map(toField)
    refusesAmongOthers(unpriced, { forge: { retires: 1n, riskWords } }, /posted/)
  })

  test('not while an order rests or is in hand', () => {
    const slot = packSlot({ priority: 5n, sequence: 0n, account: 1, expiry: 0n, size: 1n })
    const rest = { timeInForce: 'GTC', reduceOnly: false, expiry: 0n } as const
    const hand: OrderInHand = { account: 1, side: 'buy', price: 5n, remaining: 1n, ...rest }
    const books: Partial<Book>[] = [{ bids: [slot] }, { asks: [slot] }, { hand }]
    for (const book of books) {
      const state = makeState(CASH_VENUE, { 0: FLAT, 1: OTHER }, { 1: { fees: 12n, ...book } })
      const batch = cashBatchOf(state, [], both(settled), 1)
      assert.equal(batch.sweep!.retires, false)
      expectHonest(batch)
      refusesAmongOthers(
        batch,
        { forge: { retires: 1n } },
        /^main\.sweep\.(retired\.(book|retires|hand)|book|retires)|main\.(bids|asks|hand)/,
      )
    }
  })

  test('not without a sweep', () => {
    const without = cashBatchOf(LEFT, [DEPOSIT], both(settled))
    refusesAmongOthers(without, { forge: { retires: 1n, market: 1n } }, /retires/)
    refuses(retiring, { forge: { sweeps: 0n } }, 'main.sweep.enabled')
  })
})

suite('protocol.md#open-interest: a cash batch', () => {
  test('leaves that of every market as it was', () => {
    assert.deepEqual(sweeping.after.openInterest, [3n, 3n])
    for (const element of [0, 1]) {
      refuses(sweeping, { lies: { [`newMarkets.openInterest[${element}]`]: 1n } }, /main\.newMarkets\.openInterest/)
    }
    refuses(sweeping, { lies: { 'newMarkets.booksRoot': sweeping.before.books.root } }, 'main.newMarkets.booksRoot')
  })
})

suite('protocol.md#cash-words: what is public', () => {
  test('every word is bound: the circuit’s own, or none', () => {
    const { signal } = attempt(sweeping)
    for (let i = 0; i < WORDS; i++) {
      const name = `words.words[${i}]`
      refuses(sweeping, { lies: { [name]: signal(name) + 1n } }, `main.${name}`)
    }
  })

  test('another time, domain, risk root or old state is another word', () => {
    const published = Object.fromEntries(
      ['dataCommitment', 'dataChallenge', 'dataValue'].map((name) => [name, attempt(sweeping).signal(name)]),
    )
    for (const name of ['domain', 'timestamp', 'riskRoot']) {
      const change = (honest: bigint) => honest + 1n
      refusesAmongOthers(sweeping, { forge: { [name]: change, ...published } }, /^main\.data\.commitment/)
    }
    refusesAmongOthers(sweeping, { forge: { accountNodes: put(0, 5n), ...published } }, /^main\.data\.commitment/)
    refusesAmongOthers(sweeping, { forge: { booksRoot: 5n, ...published } }, /^main\.data\.commitment/)
    refusesAmongOthers(sweeping, { forge: { openInterest: [5n, 5n], ...published } }, /^main\.data\.commitment/)
  })

  test('a time beyond its width is refused', () => {
    refusesAmongOthers(sweeping, { forge: { timestamp: 1n << 40n } }, /^main\.AssertBits/)
  })
})

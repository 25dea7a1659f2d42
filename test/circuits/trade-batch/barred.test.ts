import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { InputValue } from '../../../circuits/types.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { dishonestProver, type Forgery, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import type { Lie } from '../../../lab/dishonesty/lie.ts'
import { NOW, SMALL } from '../../../lab/instances/model.ts'
import { feeTable, MARKET, Venue, withAccount } from '../../../lab/instances/venue.ts'
import type { Account } from '../../../protocol/account.ts'
import { PHASES, TOP_LEVELS } from '../../../protocol/parameters.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { childrenBelowTop } from '../../../protocol/tree.ts'

const { refuses, attempt, expectHonest } = await dishonestProver()

/** What an unsigned cancel asks of its account, of its market or of the order. */
const REVOCABLE = /^main\.step\[0\]\.(load\.work\.deadOnly|place\.(clears|work\.deadOnly))/

const suspend = (account: Account): Account => ({ ...account, suspended: true })
const flag = (account: Account): Account => ({ ...account, flaggedAt: 9n })

/** Refuses, for the rule alone, a batch that would be honest if the account were as it was. */
function refusesOf(batch: TradeBatch, account: number, edit: (account: Account) => Account, rule: string | RegExp) {
  expectHonest(batch)
  const { broken, shippedAccepts } = attempt(withAccount(batch, account, edit))
  assertBreaks(broken, rule)
  assert.ok(!shippedAccepts())
}

/** Account 2's ask at 1000 is the head that account 1 meets; account 3's comes behind it. */
function withBarredHead(bar: (account: Account) => Account): Venue {
  const venue = new Venue()
  venue.rest([venue.sell(2, 1000n, 5n), venue.sell(3, 1001n, 5n)])
  return venue.edit(2, bar)
}

suite('protocol.md#barred: orders', () => {
  test('an order of a barred account has no effect, and refuses to have one', () => {
    for (const bar of [suspend, flag]) {
      const venue = new Venue().edit(1, bar)
      const batch = venue.batch([venue.buy(1, 1000n, 5n)])
      assert.equal(batch.steps[0]!.kind, 'no-effect')
      refuses(batch, { lies: [{ signal: 'Load.barredOrder', value: 0n, at: 0 }] }, /main\.step\[0\]\.load\./)
      refuses(batch, { lies: [{ signal: 'Load.actorBarred', value: 0n, at: 0 }] }, /main\.step\[0\]\.load\./)
    }
  })

  test('a reduce-only order of a suspended account trades, and its open lots reserve nothing', () => {
    const accounts = { 1: { cash: 0n, positions: { [MARKET]: { size: 4n }, 3: { openBuy: 1_000_000n } } }, 2: {} }
    const venue = new Venue({ accounts })
    venue.rest([venue.buy(2, 1000n, 5n)])
    venue.edit(1, suspend)
    const batch = venue.batch([venue.sell(1, 990n, 4n, { timeInForce: 'IOC', reduceOnly: true })])
    assert.equal(batch.steps[0]!.kind, 'traded')
    expectHonest(batch)
  })

  test('refuses a status that hides a suspension in a number of another width', () => {
    const venue = new Venue().edit(1, suspend)
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const lies = [{ signal: 'UnpackStatus.suspended', value: 0n, at: 0 }]
    refuses(batch, { lies }, /main\.standing\[0\]\./)
    refuses(batch, { lies: [{ signal: 'UnpackStatus.barred', value: 0n, at: 0 }] }, /main\.standing\[0\]\./)
    refuses(batch, { forge: { status: put(0, 0n) } }, /main\.update\[0\]\.write\.path/)
  })

  test('refuses a status of 2^41, which no state holds, and accepts one less', () => {
    const most = (account: Account): Account => ({ ...suspend(account), flaggedAt: (1n << 40n) - 1n })
    const venue = new Venue().edit(1, most)
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const beyond = (account: Account): Account => ({ ...account, flaggedAt: 1n << 40n, suspended: false })
    refusesOf(batch, 1, beyond, /^main\.standing\[0\]\.Num2Bits/)
  })

  test('the order in hand of an account that was barred between batches is dropped, and no step works on it', () => {
    const plain = { account: 1, price: 1000n, remaining: 5n, expiry: 1n << 39n }
    const opening = { ...plain, side: 'buy', timeInForce: 'GTC', reduceOnly: false } as const
    // An order that may still come in must not stay in hand either: whoever suspends with such a leg in hand would stop the market.
    const closing = { ...plain, side: 'sell', timeInForce: 'IOC', reduceOnly: true } as const
    for (const [hand, position] of [
      [opening, { openBuy: 5n }],
      [closing, { size: 9n, openSell: 5n }],
    ] as const) {
      const accounts = { 1: { positions: { [MARKET]: position } }, 2: {} }
      const venue = new Venue({ accounts, book: { hand } }).edit(1, suspend)
      const batch = venue.batch([])
      assert.equal(batch.steps[0]!.kind, 'dropped')
      expectHonest(batch)
      refuses(
        batch,
        { lies: [{ signal: 'Load.work.revoked', value: 0n, at: 0 }] },
        /main\.step\[0\]\.load\.work\.revoked/,
      )
      refuses(batch, { lies: [{ signal: 'Load.carried', value: 0n, at: 0 }] }, /main\.step\[0\]\.load\.carried/)
    }
  })
})

suite('protocol.md#barred: orders in hand', () => {
  /** Account 1 closes with accounts 2, 3 and 4, and pauses in front of account 5, for which no slot is left. */
  const pausing = (venue = new Venue({ accounts: { 1: { positions: { [MARKET]: { size: -20n } } }, ...others } })) => {
    venue.rest([2, 3, 4, 5].map((account, i) => venue.sell(account, 1000n + BigInt(i), 2n)))
    return venue
  }
  const others = { 2: {}, 3: {}, 4: {}, 5: {} }
  const sweep = (venue: Venue) => venue.batch([venue.buy(1, 1010n, 20n, { timeInForce: 'IOC', reduceOnly: true })])

  test('refuses a batch that ends with an order of a barred account in hand, though it may only reduce', () => {
    const batch = sweep(pausing())
    assert.equal(batch.after.books.get(MARKET)!.hand?.account, 1)
    for (const bar of [suspend, flag]) refusesOf(batch, 1, bar, 'main.orderInHand')
  })

  test('the order of another account stays in hand, though an account is barred that the batch touched', () => {
    const batch = sweep(pausing().edit(2, suspend))
    assert.deepEqual(
      [batch.steps.map(({ kind }) => kind), batch.after.books.get(MARKET)!.hand?.account],
      [['head-removed', 'traded', 'traded'], 1],
    )
    expectHonest(batch)
  })
})

suite('protocol.md#barred: heads', () => {
  test('a head of a barred account is removed, and refuses to be traded with', () => {
    for (const bar of [suspend, flag]) {
      const venue = withBarredHead(bar)
      const batch = venue.batch([venue.buy(1, 1000n, 5n)])
      assert.deepEqual(
        batch.steps.map(({ kind }) => kind),
        ['head-removed', 'rested'],
      )
      refuses(
        batch,
        { lies: [{ signal: 'Decide.headRevoked', value: 0n, at: 0 }] },
        /main\.step\[0\]\.|main\.(pausing|step\[1\]\.load\.work)/,
      )
      const other = { victim: put(0, slotOf(batch, 1)) }
      refuses(batch, { forge: other }, /main\.step\[0\]\.settle\.|main\.(pausing|step\[1\]\.load\.work)/)
    }
  })

  test('refuses to call a head barred that is not', () => {
    const venue = withBarredHead((account) => account)
    const batch = venue.batch([venue.buy(1, 1000n, 3n, { timeInForce: 'IOC' })])
    assert.equal(batch.steps[0]!.kind, 'traded')
    refuses(
      batch,
      { lies: [{ signal: 'Decide.headRevoked', value: 1n, at: 0 }] },
      /main\.step\[0\]\.|main\.(pausing|step\[1\]\.load\.work)/,
    )
  })

  test('refuses a post-only order that is dropped at a head whose account it does not show', () => {
    const venue = withBarredHead((account) => account)
    const batch = venue.batch([venue.buy(1, 1000n, 5n, { timeInForce: 'POST_ONLY' })])
    assert.deepEqual([batch.steps[0]!.kind, batch.touched.length], ['dropped', 2])
    refuses(
      batch,
      { forge: { victim: put(0, slotOf(batch, 1)) } },
      /main\.step\[0\]\.settle\.|main\.(pausing|step\[1\]\.load\.work)/,
    )
    refuses(batch, { lies: [{ signal: 'Settle.hit', value: 0n, at: 0 }] }, /main\.step\[0\]\.settle\.hit/)
  })
})

suite('protocol.md#barred: unsigned cancels', () => {
  const unsigned = (venue: Venue) => ({ ...venue.cancel(2, 'sell', 1000n, 0n), nonce: 0n })

  test('anybody cancels the order of a barred account, whose nonce stays', () => {
    const venue = withBarredHead(suspend)
    const nonce = venue.state.accounts.get(2)!.nonce
    const batch = venue.batch([unsigned(venue)])
    assert.deepEqual([batch.steps[0]!.kind, batch.after.accounts.get(2)!.nonce], ['cancelled', nonce])
    expectHonest(batch)
    refuses(batch, { lies: [{ signal: 'Load.signed', value: 1n, at: 0 }] }, /main\.step\[0\]\.load\./)
  })

  test('refuses an unsigned cancel for an account that is not barred', () => {
    const venue = withBarredHead(suspend)
    const batch = venue.batch([unsigned(venue)])
    refusesOf(batch, 2, (account) => ({ ...account, suspended: false }), REVOCABLE)
    refuses(batch, { lies: [{ signal: 'Load.actorBarred', value: 0n, at: 0 }] }, [/main\.step\[0\]\.load\./, REVOCABLE])
    refuses(batch, { forge: { status: put(0, 0n) } }, /main\.(step\[0\]\.(load\.work\.deadOnly|place)|update\[0\])/)
  })

  test('anybody cancels an order in a settled market, and in no other', () => {
    const over = { lastTradeTime: 0n, fundingIndex: 11n }
    const settled = feeTable({}, { ...over, phase: PHASES.SETTLED })
    const venue = withBarredHead((account) => account).under(settled)
    const batch = venue.batch([unsigned(venue)])
    assert.deepEqual([batch.steps[0]!.kind, batch.after.accounts.get(2)!.nonce], ['cancelled', 1n])
    expectHonest(batch)
    const under = (riskTable: RiskTable, lies: Lie[], rule: string | RegExp) => {
      const { broken, shippedAccepts } = attempt({ ...batch, context: { ...batch.context, riskTable } }, { lies })
      assertBreaks(broken, rule)
      assert.ok(!shippedAccepts())
    }
    for (const phase of [PHASES.OPEN, PHASES.SHELTERED]) {
      const riskTable = feeTable({}, { ...over, phase })
      under(riskTable, [], REVOCABLE)
      under(riskTable, [{ signal: 'ReadRules.rules.settled', value: 1n }], /^main\.read\.(IsSame|rules\.settled)/)
    }
    // no other market's phase will do
    const open = feeTable({}, over).markets[MARKET]!
    under({ ...settled, markets: settled.markets.with(MARKET, open) }, [], REVOCABLE)
  })

  const refusesUnder = (
    batch: TradeBatch,
    context: Partial<TradeBatch['context']>,
    lies: Lie[],
    rule: string | RegExp,
  ) => {
    const { broken, shippedAccepts } = attempt({ ...batch, context: { ...batch.context, ...context } }, { lies })
    assertBreaks(broken, rule)
    assert.ok(!shippedAccepts())
  }
  /** The order is said to be dead. */
  const SAID: Lie[][] = [
    [{ signal: 'Place.dead', value: 1n, at: 0 }],
    [{ signal: 'Place.clears', value: 1n, at: 0 }],
    [{ signal: 'Load.work.deadOnly', value: 0n, at: 0 }],
  ]
  const SAID_SO = /main\.step\[0\]\.(place\.(dead|clears|Or|And)|load\.work\.deadOnly)/

  test('anybody cancels an order that has expired, and refuses to in the second in which it expires', () => {
    const expiry = NOW + 10n
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n, { expiry }), venue.sell(3, 1001n, 5n)])
    venue.context = { ...venue.context, timestamp: expiry + 1n }
    const batch = venue.batch([unsigned(venue)])
    assert.deepEqual([batch.steps[0]!.kind, batch.after.accounts.get(2)!.nonce], ['cancelled', 1n])
    expectHonest(batch)
    refusesUnder(batch, { timestamp: expiry }, [], REVOCABLE)
    for (const lies of SAID) refusesUnder(batch, { timestamp: expiry }, lies, SAID_SO)
    const expired: Lie[] = [{ signal: 'Place.lastExpired', value: 1n, at: 0 }]
    refusesUnder(batch, { timestamp: expiry }, expired, /main\.step\[0\]\.place\.(lastExpired|IsLess)/)
  })

  test('anybody cancels an order out of the band, and refuses to a quantum before, at a stale table and after the last trade', () => {
    for (const [side, price, mark, inside] of [
      ['sell', 1000n, 1051n, 1050n],
      ['buy', 900n, 849n, 850n],
    ] as const) {
      const at = (mark: bigint, market = {}) =>
        feeTable({}, { mark, band: 50n, scenarioPrices: new Array(SMALL.scenarios).fill(mark), ...market })
      const venue = new Venue()
      venue.rest([venue.order(2, side, price, 5n)])
      venue.under(at(mark))
      const batch = venue.batch([{ ...venue.cancel(2, side, price, 0n), nonce: 0n }])
      assert.equal(batch.steps[0]!.kind, 'cancelled')
      expectHonest(batch)
      refusesUnder(batch, { riskTable: at(inside) }, [], REVOCABLE)
      for (const lies of SAID) refusesUnder(batch, { riskTable: at(inside) }, lies, SAID_SO)
      const beyond: Lie[] = [{ signal: 'Decide.handOutOfBand', value: 1n, at: 0 }]
      refusesUnder(batch, { riskTable: at(inside) }, beyond, /main\.step\[0\]\.decide\.(handOutOfBand|IsOutOfBand)/)
      refusesUnder(batch, { riskTable: at(mark, { lastTradeTime: NOW - 1n }) }, [], REVOCABLE)
      const { asOf, maxAge } = batch.context.riskTable
      refusesUnder(batch, { timestamp: asOf + maxAge + 1n }, [], REVOCABLE)
    }
  })

  test('anybody cancels what is out of the band best first, and refuses to take it from behind a better one', () => {
    const at = (mark: bigint) =>
      feeTable({}, { mark, band: 50n, scenarioPrices: new Array(SMALL.scenarios).fill(mark) })
    const venue = new Venue()
    venue.rest([venue.buy(2, 900n, 5n), venue.buy(3, 901n, 5n)])
    const behind = { ...venue.cancel(2, 'buy', 900n, 0n), nonce: 0n }
    const best = { ...venue.cancel(3, 'buy', 901n, 1n), nonce: 0n }
    venue.under(at(849n))
    const both = venue.batch([best, behind])
    assert.deepEqual(
      both.steps.map(({ kind }) => kind),
      ['cancelled', 'cancelled'],
    )
    expectHonest(both)
    venue.edit(2, suspend)
    const alone = venue.batch([behind])
    assert.equal(alone.steps[0]!.kind, 'cancelled')
    refusesOf(alone, 2, (before) => ({ ...before, suspended: false }), REVOCABLE)
    for (const lie of [
      { signal: 'Place.bestOut', value: 1n, at: 0 },
      { signal: 'Place.placeHint', value: 0n, at: 0 },
    ]) {
      const { broken, shippedAccepts } = attempt(
        withAccount(alone, 2, (before) => ({ ...before, suspended: false })),
        { lies: [lie] },
      )
      assertBreaks(broken, /main\.step\[0\]\.place\./)
      assert.ok(!shippedAccepts())
    }
  })

  test('refuses an unsigned cancel of what is not there, and of an order of another account, dead or not', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n, { expiry: NOW }), venue.sell(3, 1001n, 5n)])
    venue.context = { ...venue.context, timestamp: NOW + 1n }
    venue.edit(2, suspend).edit(3, suspend)
    for (const [account, price, sequence] of [
      [2, 1000n, 9n],
      [2, 999n, 0n],
      [3, 1000n, 0n],
    ] as const) {
      const batch = venue.batch([{ ...venue.cancel(account, 'sell', price, sequence), nonce: 0n }])
      assert.equal(batch.steps[0]!.kind, 'cancel-missed')
      refusesOf(batch, account, (before) => ({ ...before, suspended: false }), REVOCABLE)
    }
  })

  test('refuses a signed message that is called unsigned', () => {
    const venue = withBarredHead(suspend)
    const batch = venue.batch([venue.cancel(2, 'sell', 1000n, 0n)])
    // then nobody would have to have signed it, and its nonce could come again
    const nobody: Forgery = { bundleEnd: put(0, 4n), signatureR8x: put(0, 0n), signatureR8y: put(0, 1n) }
    refuses(
      batch,
      { forge: nobody, lies: [{ signal: 'UnpackMessage.message.unsigned', value: 1n, at: 0 }] },
      /main\.admit\[0\]\.unpack\./,
    )
    const lies = [{ signal: 'AdmitMessage.message.unsigned', value: 1n, at: 0 }]
    const { signal } = refuses(batch, { forge: nobody, lies }, 'main.admit[0].message.unsigned')
    assert.equal(signal('main.update[0].after.nonce'), batch.before.accounts.get(2)!.nonce)
  })
})

suite('protocol.md#account: view keys', () => {
  test('refuses to touch an account without a view key', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    // no model makes the words for it, so the prover opens a tree of its own
    const accounts = batch.before.accounts.set(1, { ...batch.before.accounts.get(1)!, viewKey: 0n })
    const children = childrenBelowTop(accounts.path(1).children)
    const forge: Forgery = {
      viewKey: put(0, 0n),
      accountNodes: accounts.row(TOP_LEVELS),
      accountChildren: (all: never) => (all as InputValue[]).with(0, children),
    }
    refuses(batch, { forge }, 'main.viewless[0].out')
  })
})

suite('protocol.md#book-salt', () => {
  const salted = (salt: bigint) => {
    const venue = new Venue({ book: { salt }, table: feeTable() })
    venue.context = { ...venue.context, newSalt: 7n }
    return venue.batch([venue.buy(1, 1000n, 5n)])
  }

  test('a book without a salt takes any', () => {
    const batch = salted(0n)
    assert.equal(batch.after.books.get(MARKET)!.salt, 7n)
    expectHonest(batch)
  })

  test('refuses another salt of a book that has one', () => {
    const batch = salted(5n)
    assert.equal(batch.after.books.get(MARKET)!.salt, 5n)
    refuses(batch, { forge: { newSalt: 7n } }, /main\.newSalt/)
    refuses(batch, { forge: { newSalt: 0n } }, /main\.newSalt/)
    // another one for the rule than for the book that is opened
    const lies = [{ signal: 'TradeBatch.oldBook.salt', value: 5n }]
    refuses(batch, { forge: { salt: 0n, newSalt: 7n }, lies }, 'main.oldBook.salt')
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { tradeBatch, tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import { shippedHarness, type TestCircuit } from '../../lab/circuits/harness.ts'
import { HINT_BATCHES } from '../../lab/instances/hint-batches.ts'
import { DOMAIN, LATER, makeTable, NO_SIGNATURES, NOW, SMALL } from '../../lab/instances/model.ts'
import { closingOnlyBatch } from '../../lab/instances/odd-batches.ts'
import { feeTable, MARKET, privateKeyOf, publicKeyOf, Venue } from '../../lab/instances/venue.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { LAST_SEQUENCE, MAX_PRICE } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { signBundle } from '../../protocol/signature.ts'
import type { State } from '../../protocol/state.ts'
import { stateRoot } from '../../protocol/state.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish } from '../support/arbitraries.ts'
import { runStream } from '../support/run-stream.ts'

const harness = await shippedHarness(tradeBatch as TestCircuit)

/** The shipped circuit has a witness for the batch, which satisfies every constraint; the statement's roots are the model's. */
function proves(batch: TradeBatch): void {
  const statement = tradeBatchStatement(batch)
  assert.equal(statement.newStateRoot, stateRoot(batch.after))
  const witness = harness.expectPass(tradeBatch.buildInput(statement, batch, 'small'))
  assert.deepEqual(witness.slice(1, 4), tradeBatch.encodeStatement(statement))
}

/** No other new root has a witness. */
function provesNoOtherRoot(batch: TradeBatch): void {
  const statement = tradeBatchStatement(batch)
  for (const newStateRoot of [statement.newStateRoot ^ 1n, statement.oldStateRoot ^ 1n, 0n]) {
    const input = tradeBatch.buildInput({ ...statement, newStateRoot }, batch, 'small')
    assert.equal(harness.witness(input), undefined)
  }
}

/** The state with a key of its own for every account. */
function withKeys(state: State): State {
  let { accounts } = state
  for (const [index, account] of state.accounts.entries()) {
    accounts = accounts.set(index, { ...account, tradingKey: publicKeyOf(index) })
  }
  return { ...state, accounts }
}

/** The same batch with signatures, checked by the model. */
function signed(batch: TradeBatch): TradeBatch {
  const bundles = batch.bundles.map(({ messages }) => signBundle(messages, DOMAIN, privateKeyOf(messages[0]!.account)))
  return applyTradeBatch(batch.before, bundles, batch.context)
}

suite('trade-batch proves what the model does', () => {
  test('has its public signals in the order of the registry', () => {
    assert.equal(harness.r1cs.nOutputs, 0)
    assert.equal(harness.r1cs.nPublic, tradeBatch.publicSignals.length)
    for (const [i, name] of tradeBatch.publicSignals.entries()) {
      assert.ok(harness.symbols.names(i + 1).includes(`main.${name}`))
    }
  })

  /** What the random batches came to, so that the property is known to have seen it. */
  const seen = new Map<string, number>()
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)

  for (const rich of [true, false]) {
    test(`for random flow of ${rich ? 'rich' : 'all kinds of'} accounts: every batch that is legal in the model`, () => {
      const flow = fc.record({
        state: arbitraryState(SMALL, { rich }),
        table: arbitraryLivelyTable(SMALL),
        wishes: fc.array(arbitraryWish({ markets: 3, maxWait: 6n }), { minLength: 12, maxLength: 24 }),
      })
      const property = fc.property(flow, ({ state, table, wishes }) => {
        const { batches } = runStream(withKeys(state), wishes, table, { unchecked: NO_SIGNATURES, sizes: SMALL })
        // the last ones, when books are full of orders, and those at whose ends an order is in hand
        const chosen = new Set([...batches.filter(isCarried).slice(-2), ...batches.slice(-2)])
        for (const batch of chosen) {
          proves(signed(batch))
          note(batch, count)
        }
      })
      fc.assert(property, { seed: 20_260_206, numRuns: 12, endOnFailure: true })
    })
  }

  test('for random flow in which positions may only be closed from some message on', () => {
    const flow = fc.record({
      state: arbitraryState(SMALL, { rich: true }),
      table: arbitraryLivelyTable(SMALL),
      wishes: fc.array(arbitraryWish({ markets: 1 }), { minLength: 20, maxLength: 40 }),
      closingFrom: fc.integer({ min: 8, max: 16 }),
    })
    const property = fc.property(flow, ({ state, table, wishes, closingFrom }) => {
      const options = { unchecked: NO_SIGNATURES, sizes: SMALL, closingFrom }
      const closing = runStream(withKeys(state), wishes, table, options).batches.filter(
        ({ context }) => context.closingOnly,
      )
      // the first meet the orders from before
      const fills = closing.filter(({ steps }) => steps.some(({ kind }) => kind === 'traded'))
      for (const batch of new Set([...closing.slice(0, 2), ...fills.slice(0, 2)])) proveClosing(signed(batch))
    })
    const proveClosing = (batch: TradeBatch) => {
      proves(batch)
      for (const { kind } of batch.steps) count(`closing only: ${kind}`)
    }
    fc.assert(property, { seed: 7, numRuns: 6, endOnFailure: true })
    proveClosing(closingOnlyBatch())
  })

  test('for accounts below initial margin that close, which random flow seldom shows', () => {
    const batch = HINT_BATCHES['accounts below initial margin that close']!()
    proves(batch)
    note(batch, count)
  })

  test('these batches did everything that batches do', () => {
    for (const what of [
      'traded',
      'rested',
      'dropped',
      'no-effect',
      'head-removed',
      'cancelled',
      'cancel-missed',
      'carried in',
      'carried out',
      'initial',
      'closing',
      'market 0',
      'market 1',
      'fees',
      'funding',
      'option sold',
      'reduceOnly',
      'POST_ONLY',
      'several messages signed at once',
      ...['traded', 'rested', 'head-removed', 'no-effect'].map((kind) => `closing only: ${kind}`),
    ]) {
      assert.ok(seen.get(what)! > 0, `never seen: ${what} (${[...seen].join(' ')})`)
    }
  })
})

function note(batch: TradeBatch, count: (what: string) => void) {
  const { market, riskTable } = batch.context
  count(`market ${market}`)
  for (const { kind, trade } of batch.steps) {
    count(kind)
    if (trade !== undefined && trade.takerFee > 0n) count('fees')
  }
  for (const { before, after, margin } of batch.touched) {
    if (margin !== undefined) count(margin.rule)
    const { size, fundingIndex } = before.positions[market]!
    if (size * (fundingIndex - riskTable.markets[market]!.fundingIndex) !== 0n) count('funding')
    if (after.positions[market]!.size < 0n && riskTable.markets[market]!.shortOptionMinimum > 0n) count('option sold')
  }
  for (const message of messagesOf(batch)) {
    if (message.kind === 'order' && message.reduceOnly) count('reduceOnly')
    if (message.kind === 'order' && message.timeInForce === 'POST_ONLY') count('POST_ONLY')
  }
  if (batch.bundles.some(({ messages }) => messages.length > 1)) count('several messages signed at once')
  if (batch.before.books.get(market)!.hand !== undefined) count('carried in')
  if (batch.after.books.get(market)!.hand !== undefined) count('carried out')
}

function isCarried({ before, after, context: { market } }: TradeBatch): boolean {
  return [before, after].some(({ books }) => books.get(market)!.hand !== undefined)
}

const kinds = (batch: TradeBatch) => batch.steps.map(({ kind }) => kind)

suite('trade-batch proves', () => {
  test('an empty batch: the root stays', () => {
    const batch = new Venue().batch([])
    assert.equal(stateRoot(batch.after), stateRoot(batch.before))
    proves(batch)
    provesNoOtherRoot(batch)
  })

  test('a first order in an empty book', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    assert.deepEqual(kinds(batch), ['rested'])
    proves(batch)
    provesNoOtherRoot(batch)
  })

  test('all message slots, steps and account slots used, in one market of several with positions in all', () => {
    const everywhere = (size: bigint) => ({
      positions: Object.fromEntries([0, 1, 2, 3].map((m) => [m, { size, fundingIndex: BigInt(m) - 2n }])),
    })
    const venue = new Venue({
      accounts: { 1: everywhere(5n), 2: everywhere(-5n), 3: everywhere(2n), 250: everywhere(-2n) },
    })
    venue.rest([venue.sell(2, 1000n, 2n), venue.sell(3, 1001n, 2n), venue.sell(250, 1001n, 2n)])
    const batch = venue.batch([
      venue.buy(1, 1001n, 5n),
      venue.cancel(2, 'sell', 1000n, 99n),
      venue.buy(3, 990n, 1n),
      venue.sell(3, 1100n, 1n, { timeInForce: 'POST_ONLY' }),
    ])
    assert.equal(batch.steps.length, 6)
    assert.equal(batch.touched.length, 4)
    proves(batch)
    provesNoOtherRoot(batch)
  })

  /** Eight bids of account 2 from 999 down; the last expires when said. */
  function fullWindow(expiry: bigint = LATER): Venue {
    const venue = new Venue()
    const earlier = { timestamp: NOW - 5n, riskTable: feeTable({ asOf: NOW - 5n }) }
    for (let i = 0n; i < 8n; i++) venue.rest([venue.buy(2, 999n - i, 5n, i === 7n ? { expiry } : {})], earlier)
    return venue
  }

  test('an order that evicts the last one of a full window', () => {
    const venue = fullWindow()
    const batch = venue.batch([venue.buy(1, 999n, 5n)])
    assert.ok(batch.steps[0]!.evicted)
    proves(batch)
  })

  test('an order worse than a full window, which is dropped', () => {
    const venue = fullWindow()
    const batch = venue.batch([venue.buy(1, 990n, 5n)])
    assert.deepEqual([kinds(batch)[0], batch.steps[0]!.place], ['dropped', 8])
    proves(batch)
  })

  test('any order evicting an expired last one: worse, and better', () => {
    for (const price of [990n, 995n]) {
      const venue = fullWindow(NOW - 1n)
      const batch = venue.batch([venue.buy(1, price, 5n)])
      assert.ok(batch.steps[0]!.evicted)
      proves(batch)
    }
  })

  test("an order that evicts the account's own last one", () => {
    const venue = fullWindow()
    const batch = venue.batch([venue.buy(2, 999n, 5n)])
    assert.ok(batch.steps[0]!.evicted)
    assert.equal(batch.touched.length, 1)
    proves(batch)
  })

  test('a sweep carried from one batch to the next, both ends', () => {
    const venue = new Venue()
    venue.rest(Array.from({ length: 7 }, (_, i) => venue.sell(2 + (i % 2), 1000n + BigInt(i), 2n)))
    const first = venue.batch([venue.buy(1, 1010n, 20n)])
    assert.equal(first.steps.length, 6)
    assert.ok(first.after.books.get(MARKET)!.hand !== undefined)
    proves(first)
    venue.state = first.after
    const second = venue.batch([venue.sell(3, 1010n, 4n)])
    assert.deepEqual(kinds(second).slice(0, 2), ['traded', 'rested'])
    proves(second)
  })

  test('a batch that ends with an order in hand because the account slots are used up', () => {
    const venue = new Venue()
    venue.rest([2, 3, 4, 5].map((account) => venue.sell(account, 1000n, 2n)))
    const batch = venue.batch([venue.buy(1, 1000n, 8n)])
    assert.deepEqual([batch.steps.length, batch.touched.length], [3, 4])
    assert.equal(batch.after.books.get(MARKET)!.hand!.remaining, 2n)
    proves(batch)
    venue.state = batch.after
    const rest = venue.batch([])
    assert.equal(rest.after.books.get(MARKET)!.hand, undefined)
    proves(rest)
  })

  test('a carried order that meets a table at which it is out of band', () => {
    const venue = new Venue()
    venue.rest([2, 3, 4, 5].map((account) => venue.sell(account, 1000n, 2n)))
    venue.state = venue.batch([venue.buy(1, 1000n, 8n)]).after
    const batch = venue.batch([], { riskTable: feeTable({}, { mark: 800n }) })
    assert.deepEqual(kinds(batch), ['dropped'])
    proves(batch)
  })

  test('cancels that hit, miss, and name the order of another account', () => {
    const venue = new Venue()
    venue.rest([venue.buy(1, 990n, 5n), venue.sell(1, 1010n, 5n), venue.buy(2, 980n, 5n)])
    const batch = venue.batch([
      venue.cancel(1, 'sell', 1010n, 1n),
      venue.cancel(1, 'buy', 990n, 7n),
      venue.cancel(1, 'buy', 980n, 2n),
      venue.cancel(2, 'buy', 980n, 2n),
    ])
    assert.deepEqual(kinds(batch), ['cancelled', 'cancel-missed', 'cancel-missed', 'cancelled'])
    proves(batch)
  })

  test('cancels at stale prices and in a closed market', () => {
    const venue = new Venue()
    venue.rest([venue.buy(1, 990n, 5n)])
    for (const riskTable of [feeTable({ asOf: NOW + 1n }), feeTable({}, { lastTradeTime: NOW - 1n })]) {
      const batch = venue.batch([venue.cancel(1, 'buy', 990n, 0n), venue.buy(2, 990n, 5n)], { riskTable })
      assert.deepEqual(kinds(batch), ['cancelled', 'no-effect'])
      proves(batch)
    }
  })

  test('nextSequence one below its top, and at it', () => {
    const venue = new Venue({ book: { nextSequence: LAST_SEQUENCE - 1n } })
    const batch = venue.batch([venue.buy(1, 990n, 5n), venue.buy(1, 989n, 5n)])
    assert.deepEqual(kinds(batch), ['rested', 'dropped'])
    assert.equal(batch.after.books.get(MARKET)!.nextSequence, LAST_SEQUENCE)
    proves(batch)
    venue.state = batch.after
    proves(venue.batch([venue.cancel(1, 'buy', 990n, LAST_SEQUENCE - 1n)]))
  })

  test('prices 1 and 2^48-2, on both sides', () => {
    const low = new Venue({ table: tableAt(1n, 0n) })
    const lowest = low.batch([low.sell(1, 1n, 5n), low.buy(2, 1n, 3n), low.buy(3, 1n, 5n), low.sell(1, MAX_PRICE, 1n)])
    assert.deepEqual(kinds(lowest), ['rested', 'traded', 'traded', 'rested', 'rested'])
    proves(lowest)
    // a book at the top: 2^48-2 is in band only if the mark is there
    const cash = 1n << 70n
    const high = new Venue({ table: tableAt(MAX_PRICE, 0n), accounts: { 1: { cash }, 2: { cash }, 3: { cash } } })
    const highest = high.batch([high.buy(1, MAX_PRICE, 5n), high.sell(2, MAX_PRICE, 6n), high.buy(3, 1n, 1n)])
    assert.deepEqual(kinds(highest), ['rested', 'traded', 'rested', 'rested'])
    proves(highest)
    high.state = highest.after
    proves(high.batch([high.cancel(2, 'sell', MAX_PRICE, 1n), high.cancel(3, 'buy', 1n, 2n)]))
  })

  test('sizes of 2^48-1', () => {
    const size = (1n << 48n) - 1n
    const cash = 1n << 75n
    const table = tableAt(100n, 10n, { maxPosition: (1n << 55n) - 1n })
    const venue = new Venue({ table, accounts: { 1: { cash }, 2: { cash } } })
    const batch = venue.batch([venue.sell(1, 100n, size), venue.buy(2, 100n, size - 1n), venue.buy(2, 100n, size)])
    assert.deepEqual(kinds(batch), ['rested', 'traded', 'traded', 'rested'])
    proves(batch)
  })

  test('a position at maxPosition, and one lot more turned away, long and short', () => {
    const maxPosition = (1n << 55n) - 1n
    const cash = 1n << 75n
    const accounts = {
      1: { cash, positions: { [MARKET]: { size: maxPosition - 5n } } },
      2: { cash, positions: { [MARKET]: { size: -maxPosition + 5n } } },
    }
    const table = tableAt(100n, 10n, { maxPosition, maxOpenInterest: maxPosition })
    const venue = new Venue({ accounts, table })
    const batch = venue.batch([
      venue.buy(1, 100n, 6n),
      venue.sell(2, 100n, 6n),
      venue.buy(1, 100n, 5n),
      venue.sell(2, 100n, 5n),
    ])
    assert.deepEqual(kinds(batch), ['no-effect', 'no-effect', 'rested', 'traded'])
    assert.equal(batch.after.accounts.get(1)!.positions[MARKET]!.size, maxPosition)
    proves(batch)
  })

  test('nonces up to 2^64-1 with gaps, and times up to 2^40-1', () => {
    const top = (1n << 64n) - 1n
    const last = (1n << 40n) - 1n
    const table = feeTable({ asOf: last, maxAge: last }, { lastTradeTime: last })
    const venue = new Venue({ table, timestamp: last })
    const batch = venue.batch([
      venue.buy(1, 1000n, 5n, { nonce: 1n, expiry: last }),
      venue.buy(1, 999n, 5n, { nonce: top, expiry: last }),
      venue.buy(2, 999n, 5n, { nonce: top, expiry: last - 1n }),
    ])
    assert.deepEqual(kinds(batch), ['rested', 'rested', 'no-effect'])
    proves(batch)
  })

  test('negative funding, an account under water that reduces, and the last account of the tree', () => {
    const accounts = {
      1: { cash: -10_500n, positions: { [MARKET]: { size: 10n, fundingIndex: 3n } } },
      255: { positions: { [MARKET]: { size: -10n, fundingIndex: -9n } } },
    }
    const table = makeTable(SMALL, {}, { fundingIndex: -4n })
    const venue = new Venue({ accounts, table })
    venue.rest([venue.buy(255, 1000n, 50n)])
    const batch = venue.batch([venue.sell(1, 1000n, 1n, { timeInForce: 'IOC', reduceOnly: true })])
    assert.deepEqual(batch.touched[0]!.margin, { rule: 'closing', scenario: 1 })
    proves(batch)
  })
})

/** A table at that mark and band with scenarios that do not move: reserves stay within their width. */
function tableAt(mark: bigint, band: bigint, market: Partial<RiskTable['markets'][number]> = {}): RiskTable {
  const scenarioPrices = new Array<bigint>(SMALL.scenarios).fill(mark)
  return makeTable(SMALL, { takerFeeBps: 1n }, { mark, band, scenarioPrices, ...market })
}

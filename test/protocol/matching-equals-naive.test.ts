import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SMALL, TIGHT } from '../../lab/instances/model.ts'
import { isOrderInHand } from '../../protocol/book.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { priority, unpackSlot } from '../../protocol/slot.ts'
import type { State } from '../../protocol/state.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish } from '../support/arbitraries.ts'
import { NaiveEngine } from '../support/naive-engine.ts'
import { runStream } from '../support/run-stream.ts'

function naiveFrom(state: State, batch: TradeBatch): NaiveEngine {
  const engine = new NaiveEngine(state.shape.markets, state.shape.window, batch.context.riskTable)
  for (const [index, account] of state.accounts.entries()) {
    engine.accounts.set(index, {
      cash: account.collateral[0]!,
      nonce: account.nonce,
      lots: account.positions.map(({ size }) => size),
      index: account.positions.map(({ fundingIndex }) => fundingIndex),
    })
  }
  return engine
}

/** Lets the naive engine do what a batch holds, as many acts as the batch has steps. */
function replayNaively(engine: NaiveEngine, { context, bundles, steps }: TradeBatch): void {
  engine.now = context.timestamp
  engine.table = context.riskTable
  engine.closingOnly = context.closingOnly ?? false
  const messages = messagesOf({ bundles })
  let next = 0
  for (let i = 0; i < steps.length; i++) if (engine.act(context.market, messages[next])) next++
  assert.equal(next, messages.length)
  engine.endBatch()
}

function restingIn(state: State, market: number) {
  const book = state.books.get(market)!
  const list = (side: 'buy' | 'sell', window: readonly bigint[]) =>
    window.map((word) => {
      const slot = unpackSlot(word)
      const { account, size, expiry, sequence: arrival } = slot
      return { arrival, account, side, price: priority(side, slot.priority), size, expiry }
    })
  return [...list('buy', book.bids), ...list('sell', book.asks)]
}

function assertSame(state: State, engine: NaiveEngine): void {
  for (const [market, book] of state.books.entries()) {
    const naive = engine.markets[market]!
    const byArrival = <T extends { arrival: bigint }>(orders: T[]) =>
      orders.toSorted((a, b) => Number(a.arrival - b.arrival))
    assert.deepEqual(byArrival(restingIn(state, market)), byArrival(naive.resting))
    assert.deepEqual([book.nextSequence, book.fees], [naive.nextArrival, naive.fees])
    const cancelling = book.hand !== undefined && !isOrderInHand(book.hand)
    assert.equal(cancelling ? undefined : book.hand?.remaining, naive.working?.left)
    assert.equal(cancelling ? book.hand.account : undefined, naive.cancelling?.account)
  }
  for (const [index, account] of state.accounts.entries()) {
    const naive = engine.accounts.get(index)!
    assert.deepEqual(
      [account.collateral[0], account.nonce, account.positions],
      [
        naive.cash,
        naive.nonce,
        naive.lots.map((size, market) => ({
          size,
          fundingIndex: naive.index[market],
          openBuy: engine.open(index, market, 'buy'),
          openSell: engine.open(index, market, 'sell'),
        })),
      ],
    )
  }
}

const roomy = { ...SMALL, window: 32, messages: 9, signatures: 9, steps: 40, accounts: 12, lightAccounts: 0 }

for (const [name, sizes] of Object.entries({ small: SMALL, tight: TIGHT, roomy })) {
  for (const rich of [true, false]) {
    test(`trades, resting orders, evictions and accounts equal a naive engine's (${name}, ${rich ? 'rich' : 'poor'} accounts)`, () => {
      const kinds = new Set<string>()
      fc.assert(
        fc.property(
          arbitraryState(sizes, { rich }),
          arbitraryLivelyTable(sizes),
          fc.array(arbitraryWish({ markets: 2, maxWait: 3n }), { minLength: 5, maxLength: 60 }),
          fc.array(fc.option(arbitraryLivelyTable(sizes), { freq: 30, nil: undefined }), { maxLength: 60 }),
          (state, table, wishes, tables) => {
            const moves = tables.map((moved) => moved && { ...moved, asOf: table.asOf })
            const { batches } = runStream(state, wishes, table, { sizes, tables: moves as (typeof table)[] })
            if (batches.length === 0) return
            const engine = naiveFrom(state, batches[0]!)
            const trades = []
            let evicted = 0
            for (const batch of batches) {
              replayNaively(engine, batch)
              assertSame(batch.after, engine)
              const { hand } = batch.before.books.get(batch.context.market)!
              if (hand !== undefined && !isOrderInHand(hand)) kinds.add('a cancel of all goes on')
              for (const step of batch.steps) {
                kinds.add(step.evicted ? 'evicted' : step.kind)
                if (step.evicted) evicted++
                if (step.trade === undefined) continue
                const { taker, maker, makerSequence: makerArrival, price, size } = step.trade
                trades.push({ taker, maker, makerArrival, price, size })
              }
            }
            assert.deepEqual(trades, engine.trades)
            assert.equal(evicted, engine.evicted.length)
          },
        ),
        // Poor accounts seldom come to rest an order at all, and seldomer push one out of a full window; in a tight venue few cancels
        // of all have more than one order to take out.
        { numRuns: rich && sizes !== TIGHT ? 400 : 1600 },
      )
      for (const kind of ['no-effect', 'dropped', 'rested', 'head-removed', 'traded', 'cancelled', 'cancel-missed']) {
        assert.ok(kinds.has(kind), `no step was of kind ${kind}`)
      }
      if (sizes === TIGHT) assert.ok(kinds.has('evicted') && kinds.has('a cancel of all goes on'))
    })
  }
}

/** The state with these accounts suspended, as a batch of another circuit leaves it between two of these. */
function suspend(state: State, indices: readonly number[]): State {
  let { accounts } = state
  for (const index of indices) accounts = accounts.set(index, { ...accounts.get(index)!, suspended: true })
  return { ...state, accounts }
}

test('protocol.md#barred: after accounts are suspended between two batches all equals the naive engine', () => {
  const kinds = new Set<string>()
  fc.assert(
    fc.property(
      arbitraryState(TIGHT, { rich: true }),
      arbitraryLivelyTable(TIGHT),
      fc.array(arbitraryWish({ markets: 1 }), { minLength: 5, maxLength: 30 }),
      fc.subarray([1, 2, 3, 4, 5, 6], { minLength: 1, maxLength: 3 }),
      fc.array(arbitraryWish({ markets: 1 }), { minLength: 5, maxLength: 30 }),
      (start, table, earlier, suspended, later) => {
        const { batches } = runStream(start, earlier, table)
        // the stream is cut somewhere, so that an order may be in hand
        const kept = batches.slice(0, 1 + (later.length % Math.max(1, batches.length)))
        if (kept.length === 0) return
        const engine = naiveFrom(start, kept[0]!)
        for (const batch of kept) replayNaively(engine, batch)
        const left = kept.at(-1)!.after
        const barred = suspended.filter((index) => left.accounts.get(index) !== undefined)
        for (const index of barred) engine.barred.add(index)
        for (const batch of runStream(suspend(left, barred), later, table).batches) {
          const carried = batch.before.books.get(0)!.hand
          replayNaively(engine, batch)
          assertSame(batch.after, engine)
          if (carried !== undefined && barred.includes(carried.account)) kinds.add(`carried ${batch.steps[0]!.kind}`)
          for (const { kind, loaded, actor, victim } of batch.steps) {
            if (victim !== undefined && barred.includes(victim.account)) kinds.add(`their order ${kind}`)
            if (loaded && barred.includes(actor.account)) kinds.add(`they ${kind}`)
          }
        }
      },
    ),
    { numRuns: 1500 },
  )
  for (const kind of [
    'carried dropped',
    'their order head-removed',
    'they traded',
    'they no-effect',
    'they cancelled',
  ]) {
    assert.ok(kinds.has(kind), `no step was "${kind}"`)
  }
  assert.ok(!kinds.has('their order traded') && !kinds.has('they rested'))
})

test('protocol.md#closing-only: from the moment on that positions may only be closed all equals the naive engine', () => {
  const kinds = new Set<string>()
  fc.assert(
    fc.property(
      arbitraryState(TIGHT, { rich: true }),
      arbitraryLivelyTable(TIGHT),
      fc.array(arbitraryWish({ markets: 1 }), { minLength: 10, maxLength: 60 }),
      fc.nat(60),
      (start, table, wishes, at) => {
        const closingFrom = at % wishes.length
        const { batches } = runStream(start, wishes, table, { closingFrom })
        if (batches.length === 0) return
        const engine = naiveFrom(start, batches[0]!)
        let wasClosing = true
        for (const batch of batches) {
          const { closingOnly = false } = batch.context
          replayNaively(engine, batch)
          assertSame(batch.after, engine)
          const carried = batch.before.books.get(0)!.hand !== undefined
          if (closingOnly && !wasClosing && carried) kinds.add(`carried ${batch.steps[0]!.kind}`)
          if (closingOnly) for (const { kind } of batch.steps) kinds.add(kind)
          wasClosing = closingOnly
        }
      },
    ),
    { numRuns: 800 },
  )
  for (const kind of ['carried dropped', 'no-effect', 'rested', 'head-removed', 'traded']) {
    assert.ok(kinds.has(kind), `no step was "${kind}"`)
  }
})

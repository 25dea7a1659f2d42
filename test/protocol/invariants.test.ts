import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TIGHT } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import { isOrderInHand } from '../../protocol/book.ts'
import { max } from '../../protocol/numbers.ts'
import { unpackSlot } from '../../protocol/slot.ts'
import { openInterestOf, type State } from '../../protocol/state.ts'
import { accountSlots } from '../../protocol/trade-batch/account-slots.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish } from '../support/arbitraries.ts'
import { runStream } from '../support/run-stream.ts'

/** Cash, fees and what funding still owes, over all accounts: a trade or realised funding moves it nowhere. */
function quanta(state: State, fundingIndices: readonly bigint[]): bigint {
  let sum = 0n
  for (const [, account] of state.accounts.entries()) {
    sum += account.collateral[0]!
    for (const [m, { size, fundingIndex }] of account.positions.entries()) {
      sum += size * (fundingIndex - fundingIndices[m]!)
    }
  }
  for (const [, book] of state.books.entries()) sum += book.fees
  return sum
}

function totalOf(state: State, lots: (account: { collateral: readonly bigint[] }) => bigint): bigint {
  return [...state.accounts.entries()].reduce((sum, [, account]) => sum + lots(account), 0n)
}

/** The account with every long position short and the other way round. */
/** The account with what it holds short alone. */
function shortsOf(account: Account): Account {
  const positions = account.positions.map((position) => ({
    ...position,
    size: position.size < 0n ? position.size : 0n,
  }))
  return { ...account, positions }
}

function mirrored(account: Account): Account {
  return { ...account, positions: account.positions.map((position) => ({ ...position, size: -position.size })) }
}

function assertOpenLotsAreWhatRests(state: State): void {
  for (const [market, book] of state.books.entries()) {
    for (const [index, account] of state.accounts.entries()) {
      const open = { buy: 0n, sell: 0n }
      for (const word of book.bids) if (unpackSlot(word).account === index) open.buy += unpackSlot(word).size
      for (const word of book.asks) if (unpackSlot(word).account === index) open.sell += unpackSlot(word).size
      if (book.hand?.account === index && isOrderInHand(book.hand)) open[book.hand.side] += book.hand.remaining
      const { openBuy, openSell } = account.positions[market]!
      assert.deepEqual({ buy: openBuy, sell: openSell }, open, `account ${index}, market ${market}`)
    }
  }
}

for (const rich of [true, false]) {
  const owners = rich ? 'rich' : 'poor'
  const stream = [
    arbitraryState(TIGHT, { rich }),
    arbitraryLivelyTable(TIGHT),
    fc.array(arbitraryWish({ markets: 3, maxWait: 3n }), { minLength: 5, maxLength: 50 }),
  ] as const

  test(`cash and fees are conserved to the quantum, and every collateral to the lot (${owners} accounts)`, () => {
    let charged = 0n
    fc.assert(
      fc.property(...stream, (state, table, wishes) => {
        const indices = table.markets.map((m) => m.fundingIndex)
        for (const { before, after } of runStream(state, wishes, table).batches) {
          assert.equal(quanta(after, indices), quanta(before, indices))
          for (let k = 1; k < TIGHT.collaterals; k++) {
            const lots = (account: { collateral: readonly bigint[] }) => account.collateral[k]!
            assert.equal(totalOf(after, lots), totalOf(before, lots))
          }
          charged += after.books.get(0)!.fees - before.books.get(0)!.fees
        }
      }),
      { numRuns: 200 },
    )
    assert.ok(charged > 0n)
  })

  test(`positions sum to zero in every market after every batch (${owners} accounts)`, () => {
    fc.assert(
      fc.property(...stream, (state, table, wishes) => {
        for (const { after } of runStream(state, wishes, table).batches) {
          const sums = new Array(TIGHT.markets).fill(0n)
          for (const [, { positions }] of after.accounts.entries()) {
            for (const [m, { size }] of positions.entries()) sums[m] += size
          }
          assert.deepEqual(sums, new Array(TIGHT.markets).fill(0n))
        }
      }),
      { numRuns: 200 },
    )
  })

  test(`open interest of every market is what is held, once long and once short (${owners} accounts)`, () => {
    const changes = new Set<number>()
    fc.assert(
      fc.property(...stream, (state, table, wishes) => {
        for (const { before, after, steps } of runStream(state, wishes, table).batches) {
          const accounts = [...after.accounts.entries()].map(([, account]) => account)
          assert.deepEqual(after.openInterest, openInterestOf(accounts, TIGHT))
          for (const side of [accounts, accounts.map(mirrored)]) {
            const short = side.map((account) => shortsOf(account))
            assert.deepEqual(
              after.openInterest,
              openInterestOf(short, TIGHT).map((lots) => 2n * lots),
            )
          }
          for (const { trade } of steps) {
            if (trade !== undefined) changes.add(Number(trade.opened > 0n) - Number(trade.opened < 0n))
          }
          assert.ok(before.openInterest.every((lots) => lots >= 0n))
        }
      }),
      { numRuns: 200 },
    )
    assert.equal(changes.size, 3, 'trades opened, passed on and closed')
  })

  test(`no trade carries open interest beyond its cap (${owners} accounts)`, () => {
    let crowded = 0
    fc.assert(
      fc.property(...stream, (state, table, wishes) => {
        const limits = table.markets.map((m, i) => max(2n * m.maxOpenInterest, state.openInterest[i]!))
        const capped = runStream(state, wishes, table)
        for (const { after } of capped.batches) {
          assert.ok(after.openInterest.every((lots, m) => lots <= limits[m]!))
        }
        const markets = table.markets.map((m) => ({ ...m, maxOpenInterest: 1n << 40n }))
        const free = runStream(state, wishes, { ...table, markets })
        if (free.builder.state.openInterest.some((lots, m) => lots > limits[m]!)) crowded++
      }),
      { numRuns: 500 },
    )
    if (rich) assert.ok(crowded > 10, `only ${crowded} times a cap was in the way`)
  })

  test(`openBuy and openSell equal what rests and is in hand, after every batch (${owners} accounts)`, () => {
    let carried = 0
    fc.assert(
      fc.property(...stream, (state, table, wishes) => {
        for (const { after } of runStream(state, wishes, table).batches) {
          if ([...after.books.entries()].some(([, book]) => book.hand !== undefined)) carried++
          assertOpenLotsAreWhatRests(after)
        }
      }),
      { numRuns: 300 },
    )
    if (rich) assert.ok(carried > 0, 'no order was carried')
  })

  test(`a window stays strictly ascending, within its places (${owners} accounts)`, () => {
    fc.assert(
      fc.property(...stream, (state, table, wishes) => {
        for (const { after } of runStream(state, wishes, table).batches) {
          for (const [, { bids, asks }] of after.books.entries()) {
            for (const window of [bids, asks]) {
              assert.ok(window.length <= TIGHT.window)
              for (const [i, word] of window.entries()) assert.ok(i === 0 || window[i - 1]! < word)
              for (const word of window) assert.ok(unpackSlot(word).size > 0n)
            }
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  test(`no position, with what is open, passes maxPosition unless it did before (${owners} accounts)`, () => {
    fc.assert(
      fc.property(...stream, (state, table, wishes) => {
        for (const { before, after, touched, context } of runStream(state, wishes, table).batches) {
          assert.notEqual(before, after)
          const { maxPosition } = table.markets[context.market]!
          for (const entry of touched) {
            const was = entry.before.positions[context.market]!
            const is = entry.after.positions[context.market]!
            const long = (p: typeof is) => p.size + p.openBuy
            const short = (p: typeof is) => p.openSell - p.size
            assert.ok(long(is) <= maxPosition || long(is) <= long(was))
            assert.ok(short(is) <= maxPosition || short(is) <= short(was))
          }
        }
      }),
      { numRuns: 200 },
    )
  })
}

test('the touched accounts are exactly those that loaded, worked, or owned a slot that changed', () => {
  const stream = fc.array(arbitraryWish({ markets: 2 }), { minLength: 5, maxLength: 40 })
  fc.assert(
    fc.property(arbitraryState(TIGHT, { rich: true }), arbitraryLivelyTable(TIGHT), stream, (state, table, wishes) => {
      for (const { touched, steps, before, after } of runStream(state, wishes, table).batches) {
        const expected = new Set(
          steps.flatMap(({ actor, victim }) => [actor.account, ...(victim ? [victim.account] : [])]),
        )
        assert.deepEqual(new Set(touched.map(({ index }) => index)), expected)
        assert.ok(touched.every(({ index }, i) => i === 0 || touched[i - 1]!.index < index))
        assert.ok(touched.length <= accountSlots(TIGHT) && steps.length <= TIGHT.steps)
        for (const [index, account] of after.accounts.entries()) {
          if (!expected.has(index)) assert.equal(account, before.accounts.get(index))
        }
      }
    }),
    { numRuns: 150 },
  )
})

test('a batch ends with an order in hand only if its steps or its account slots are used up', () => {
  const stream = fc.array(arbitraryWish({ markets: 1 }), { minLength: 10, maxLength: 60 })
  let ended = 0
  fc.assert(
    fc.property(arbitraryState(TIGHT, { rich: true }), arbitraryLivelyTable(TIGHT), stream, (state, table, wishes) => {
      for (const { touched, steps, after } of runStream(state, wishes, table).batches) {
        if (after.books.get(0)!.hand === undefined) continue
        ended++
        assert.ok(steps.length === TIGHT.steps || touched.length === accountSlots(TIGHT))
      }
    }),
    { numRuns: 400 },
  )
  assert.ok(ended > 0)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cancel,
  makeAccount,
  makeContext,
  makeState,
  makeTable,
  NO_HASHES,
  NOW,
  order,
  SMALL,
} from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { excesses, scaledEquity } from '../../protocol/margin.ts'
import { min } from '../../protocol/numbers.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { ClosingBreach } from '../../protocol/trade-batch/margin-rule.ts'
import { NaiveEngine } from '../support/naive-engine.ts'

/**
 * A theft that protocol.md#rule-margin is made against. The debtor is under water: long 100 lots, equity -1,000, so its
 * losses are the venue's.
 * In each round it sells 30 lots to the accomplice at the mark, which frees 6,000 of its worst scenario, and with just
 * that it rests a bid for 20 lots at the top of the band. Next round the accomplice sells into the bid, 100 quanta a lot
 * above the mark, and the debtor's margin is not looked at, because it is a maker.
 */
const DEBTOR = 1
const ACCOMPLICE = 2
const TABLE = makeTable(SMALL, { initialMarginBps: 10_000n })
const START = {
  [DEBTOR]: makeAccount(SMALL, { cash: -100_000n - 1000n, positions: { 0: { size: 100n } } }),
  [ACCOMPLICE]: makeAccount(SMALL, { cash: 1_000_000n, positions: { 0: { size: -100n } } }),
}
const ROUNDS = 4

/** Batches of round n: the accomplice's bid at the mark, the debtor's two orders, the accomplice's harvest. */
function round(n: bigint): SignedBundle[][] {
  const at = (k: bigint) => n * 10n + k
  return [
    [order(ACCOMPLICE, at(1n), { side: 'buy', price: 1000n, size: 30n })],
    [
      order(DEBTOR, at(2n), { side: 'sell', price: 1000n, size: 30n, timeInForce: 'IOC' }),
      order(DEBTOR, at(3n), { side: 'buy', price: 1100n, size: 20n }),
    ],
    [order(ACCOMPLICE, at(4n), { side: 'sell', price: 1100n, size: 20n, timeInForce: 'IOC' })],
  ]
}

/** A rule that looks at equity alone, and asks neither what is left open nor what was closed. */
function equityFormAllows(before: Account, after: Account, table: RiskTable): boolean {
  if (excesses(after, table, table.initialMarginBps).every((excess) => excess >= 0n)) return true
  const worst = excesses(before, table, 10_000n).reduce(min)
  if (excesses(after, table, 10_000n).some((excess) => excess < worst)) return false
  return scaledEquity(after, table) >= 0n || scaledEquity(after, table) >= scaledEquity(before, table)
}

/** Whole rounds played without any margin rule, with the accounts before and after each batch. */
function playWithoutMargin() {
  const engine = new NaiveEngine(SMALL.markets, SMALL.window, TABLE)
  engine.now = NOW
  for (const [index, account] of Object.entries(START)) {
    engine.accounts.set(Number(index), {
      cash: account.collateral[0]!,
      nonce: 0n,
      lots: account.positions.map(({ size }) => size),
      index: account.positions.map(() => 0n),
    })
  }
  const snapshot = (index: number): Account => {
    const { cash, lots } = engine.accounts.get(index)!
    const open = (m: number) => ({ openBuy: engine.open(index, m, 'buy'), openSell: engine.open(index, m, 'sell') })
    return makeAccount(SMALL, {
      cash,
      positions: Object.fromEntries(lots.map((size, m) => [m, { size, fundingIndex: 0n, ...open(m) }])),
    })
  }
  const batches = []
  for (let n = 1n; n <= BigInt(ROUNDS); n++) {
    for (const bundles of round(n)) {
      const before: Record<number, Account> = { [DEBTOR]: snapshot(DEBTOR), [ACCOMPLICE]: snapshot(ACCOMPLICE) }
      for (const message of messagesOf({ bundles })) {
        engine.act(0, message)
        while (engine.markets[0]!.working !== undefined) engine.act(0, undefined)
      }
      const after: Record<number, Account> = { [DEBTOR]: snapshot(DEBTOR), [ACCOMPLICE]: snapshot(ACCOMPLICE) }
      batches.push({ loaders: new Set(messagesOf({ bundles }).map(({ account }) => account)), before, after })
    }
  }
  return batches
}

test('if the margin rule looked at equity alone, an account under water could hand value to an accomplice, round after round', () => {
  const batches = playWithoutMargin()
  for (const { loaders, before, after } of batches) {
    for (const index of loaders) assert.ok(equityFormAllows(before[index]!, after[index]!, TABLE))
  }
  const first = batches[0]!.before
  const last = batches.at(-1)!.after
  const gain = scaledEquity(last[ACCOMPLICE]!, TABLE) - scaledEquity(first[ACCOMPLICE]!, TABLE)
  assert.equal(gain, 10_000n * BigInt(ROUNDS) * 20n * 100n)
  assert.equal(scaledEquity(last[DEBTOR]!, TABLE), scaledEquity(first[DEBTOR]!, TABLE) - gain)
})

test('the model refuses to rest the excess that closing freed while net is negative, but lets the account close', () => {
  const context = makeContext(SMALL, { riskTable: TABLE })
  const [bid, attempt] = round(1n)
  const { after } = applyTradeBatchUnchecked(makeState(SMALL, START), bid!, context, NO_HASHES)
  const lacksMargin = (...breaches: ClosingBreach[]) => ({
    code: 'BATCH_UNPROVABLE',
    details: { reason: 'MARGIN', account: DEBTOR, breaches },
  })
  assert.throws(() => applyTradeBatchUnchecked(after, attempt!, context, NO_HASHES), lacksMargin('ORDER_LEFT'))
  const closed = applyTradeBatchUnchecked(after, attempt!.slice(0, 1), context, NO_HASHES)
  const later = () => applyTradeBatchUnchecked(closed.after, attempt!.slice(1), context, NO_HASHES)
  assert.throws(later, lacksMargin('ORDER_LEFT'))
})

test('an account under water may take its orders back', () => {
  const debtor = makeAccount(SMALL, { cash: -101_000n, positions: { 0: { size: 100n } } })
  const context = makeContext(SMALL, { riskTable: TABLE })
  const rich = makeState(SMALL, { ...START, [DEBTOR]: { ...debtor, collateral: [1_000_000n, 0n] } })
  const rested = applyTradeBatchUnchecked(rich, [order(DEBTOR, 1n, { price: 1100n })], context, NO_HASHES).after
  const broke = rested.accounts.get(DEBTOR)!
  const poor = { ...rested, accounts: rested.accounts.set(DEBTOR, { ...broke, collateral: [-101_000n, 0n] }) }
  const { after } = applyTradeBatchUnchecked(poor, [cancel(DEBTOR, 2n, { price: 1100n })], context, NO_HASHES)
  assert.equal(after.books.get(0)!.bids.length, 0)
})

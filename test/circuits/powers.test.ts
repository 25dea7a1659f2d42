import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { tradeBatch, tradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import { shippedHarness, type TestCircuit } from '../../lab/circuits/harness.ts'
import { LATER, makeLimits, NOW, SMALL } from '../../lab/instances/model.ts'
import { feeTable, MARKET, Venue } from '../../lab/instances/venue.ts'
import { checkRiskTable } from '../../protocol/risk-table.ts'
import { packSlot, priority } from '../../protocol/slot.ts'
import { stateRoot } from '../../protocol/state.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'

const harness = await shippedHarness(tradeBatch as TestCircuit)

/** The shipped circuit has a witness for the batch. */
function proves(batch: TradeBatch): void {
  harness.expectPass(tradeBatch.buildInput(tradeBatchStatement(batch), batch, 'small'))
}

const cashOf = ({ before, after }: TradeBatch, account: number) => {
  const [old, fresh] = [before, after].map((state) => state.accounts.get(account)!.collateral[0]!)
  return fresh! - old!
}

// Not what should be, but what is: each test shows a power that the table of trust in docs/security.md names. Whoever takes
// such a power away changes the test and the table.
suite('powers that the circuit leaves to those who are trusted', () => {
  test('a table that no proof led to could take any fee from a maker: trade-batch checks no bound of a table', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 80n)])
    const riskTable = feeTable({ makerFeeBps: 50_000n })
    assert.throws(() => checkRiskTable(riskTable, makeLimits(SMALL), SMALL), { path: 'risk.makerFeeBps' })
    const batch = venue.batch([venue.buy(1, 1000n, 80n, { timeInForce: 'IOC' })], { riskTable })
    proves(batch)
    assert.equal(cashOf(batch, 2), 80_000n - 400_000n)
  })

  test('such a table could move cash between longs and shorts by the funding index, without a bound', () => {
    const positions = { [MARKET]: { size: 100n, fundingIndex: 11n } }
    const venue = new Venue({ accounts: { 1: {}, 2: { positions } } })
    const riskTable = feeTable({}, { fundingIndex: 11n + (1n << 46n) })
    assert.throws(() => checkRiskTable(riskTable, makeLimits(SMALL), SMALL), { path: /fundingIndex$/ })
    const batch = venue.batch([venue.cancel(2, 'buy', 1000n, 0n)], { riskTable })
    proves(batch)
    assert.equal(cashOf(batch, 2), -100n * (1n << 46n))
  })

  test('the maker of the genesis state can give an account an order in hand and resting orders that nobody signed', () => {
    const hand = {
      ...({ account: 1, side: 'buy', price: 1000n, remaining: 5n } as const),
      ...({ timeInForce: 'GTC', reduceOnly: false, expiry: LATER } as const),
    }
    const ask = packSlot({ priority: priority('sell', 1000n), sequence: 0n, account: 2, expiry: LATER, size: 5n })
    const venue = new Venue({
      accounts: { 1: { positions: { [MARKET]: { openBuy: 5n } } }, 2: { positions: { [MARKET]: { openSell: 5n } } } },
      book: { hand, asks: [ask], nextSequence: 1n },
    })
    const batch = venue.batch([])
    proves(batch)
    assert.equal(batch.after.accounts.get(1)!.positions[MARKET]!.size, 5n)
  })

  test('a batch is matched at the time that it states: an order with five seconds of life fills whenever that is settled', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n, { expiry: NOW + 5n })])
    const batch = venue.batch([venue.buy(1, 1000n, 5n, { timeInForce: 'IOC', expiry: NOW + 5n })])
    proves(batch)
    assert.equal(batch.after.accounts.get(1)!.positions[MARKET]!.size, 5n)
  })

  test('whoever knows the state can make a batch of a message of its own, after which the venue cannot open the state', () => {
    const venue = new Venue()
    const secret = 0x9e3779b97f4a7c15n
    const overtaking = venue.batch([{ ...venue.cancel(4, 'buy', 1000n, 0n), nonce: secret }])
    proves(overtaking)
    const root = stateRoot(overtaking.after)
    const known = venue.batch([venue.cancel(3, 'buy', 1000n, 0n)])
    assert.notEqual(tradeBatchStatement(known).oldStateRoot, root)
    // Even knowing all of the message but its nonce does not help: another nonce, another root.
    const guess = venue.batch([{ ...venue.cancel(4, 'buy', 1000n, 0n), nonce: secret - 1n }])
    assert.notEqual(stateRoot(guess.after), root)
  })
})

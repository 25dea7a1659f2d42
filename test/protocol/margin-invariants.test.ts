import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ACCOMPLICE, ATTACKER, attackTable, attackVenue } from '../../lab/instances/margin-attacks.ts'
import { TIGHT } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import { excesses, scaledEquity, scaledNet } from '../../protocol/margin.ts'
import { max, min } from '../../protocol/numbers.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish } from '../support/arbitraries.ts'
import { runStream } from '../support/run-stream.ts'

/** 10^4 * W of protocol.md#margin-invariants: what an account below initial margin may hand over at most. */
function scaledBound(account: Account, { markets, takerFeeBps, makerFeeBps }: RiskTable): bigint {
  return markets.reduce((sum, { mark, band }, i) => {
    const { size, openBuy, openSell } = account.positions[i]!
    const perLot = 10_000n * (band + 1n) + (mark + band) * max(takerFeeBps, makerFeeBps)
    return sum + perLot * (2n * (openBuy + openSell) + (size < 0n ? -size : size))
  }, 0n)
}

/** min(0, worst initial excess). */
function shortfall(account: Account, table: RiskTable): bigint {
  return excesses(account, table, table.initialMarginBps).reduce(min, 0n)
}

/** Streams of messages in which prices and reserves jump, so that accounts fall below initial margin with orders open. */
const streams = fc
  .record({
    state: arbitraryState(TIGHT, { rich: false }),
    tables: fc.array(arbitraryLivelyTable(TIGHT), { minLength: 4, maxLength: 4 }),
    wishes: fc.array(arbitraryWish({ markets: 3 }), { minLength: 20, maxLength: 60 }),
  })
  .map(({ state, tables, wishes }) => {
    const jumps: RiskTable[] = []
    for (const [i, table] of tables.entries()) jumps[Math.floor((i * wishes.length) / tables.length)] = table
    return runStream(state, wishes, tables[0]!, { tables: jumps }).batches
  })

test('protocol.md#margin-invariants hold for every account in every batch, at the table of the batch', () => {
  const seen = new Map<string, number>()
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  const checkBatch = ({ touched, context: { riskTable: table } }: TradeBatch) => {
    for (const { before, after, margin } of touched) {
      const what = margin?.rule ?? 'not checked'
      if (shortfall(before, table) < 0n) count(`below initial margin, ${what}`)
      assert.ok(shortfall(after, table) >= shortfall(before, table), 'the shortfall grew')
      const handedOver = scaledEquity(before, table) - scaledEquity(after, table)
      if (what !== 'initial') {
        assert.ok(handedOver <= scaledBound(before, table) - scaledBound(after, table), 'too much was handed over')
        if (handedOver > 0n && shortfall(before, table) < 0n) count(`handed over, ${what}`)
      }
      if (scaledEquity(before, table) >= 0n && scaledEquity(after, table) < 0n) {
        assert.ok(margin === undefined && scaledNet(before, table) < 0n, 'debt arose otherwise than by an open order')
      }
    }
  }
  fc.assert(
    fc.property(streams, (batches) => batches.forEach(checkBatch)),
    { seed: 4, numRuns: 400 },
  )
  for (const what of [
    'below initial margin, initial',
    'below initial margin, closing',
    'below initial margin, not checked',
    'handed over, closing',
    'handed over, not checked',
  ]) {
    assert.ok((seen.get(what) ?? 0) > 0, `never seen: ${what} (${[...seen].join('; ')})`)
  }
})

test('the one way into debt: an order that was open while net was below 0, filled at the edge of the band', () => {
  const venue = attackVenue(attackTable(), 1_300n)
  venue.rest([venue.buy(ATTACKER, 1010n, 10n)])
  const riskTable = attackTable({}, { mark: 850n, band: 160n, scenarioPrices: new Array(8).fill(850n) })
  const { touched } = venue.under(riskTable).batch([venue.sell(ACCOMPLICE, 1010n, 10n, { timeInForce: 'IOC' })])
  const { before, after, margin } = touched.find(({ index }) => index === ATTACKER)!
  const inQuanta = (scaled: bigint) => scaled / 10_000n
  assert.deepEqual(
    [before, after].map((one) => inQuanta(scaledEquity(one, riskTable))),
    [1_300n, -300n],
  )
  assert.ok(scaledNet(before, riskTable) < 0n)
  assert.ok(1_600n <= inQuanta(scaledBound(before, riskTable) - scaledBound(after, riskTable)))
  assert.equal(margin, undefined)
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { excesses, meetsMargin, scaledNet } from '../../protocol/margin.ts'
import { min } from '../../protocol/numbers.ts'
import { type ClosingBreach, closingBreaches, marginEvidence } from '../../protocol/trade-batch/margin-rule.ts'
import { type MarginRule, searchHarm } from '../support/margin-search.ts'

const shipped: MarginRule = (before, after, batch) =>
  !batch.ordered || marginEvidence(before, after, batch) !== undefined

/** The rule that came before: the worst maintenance excess did not fall, and net is at least 0 or did not fall. */
const former: MarginRule = (before, after, { table }) => {
  if (meetsMargin(after, table, table.initialMarginBps)) return true
  const worst = excesses(before, table, 10_000n).reduce(min)
  if (excesses(after, table, 10_000n).some((excess) => excess < worst)) return false
  return scaledNet(after, table) >= 0n || scaledNet(after, table) >= scaledNet(before, table)
}

/** The rule without some of its parts. */
const without =
  (...dropped: ClosingBreach[]): MarginRule =>
  (before, after, batch) => {
    const { table, ordered } = batch
    if (!ordered || meetsMargin(after, table, table.initialMarginBps)) return true
    return closingBreaches(before, after, batch).every((breach) => dropped.includes(breach))
  }

suite('a directed search: two markets, tables that jump, an accomplice at the edges of the band, up to five batches', () => {
  const loose: Record<string, MarginRule> = {
    'the former rule': former,
    'the rule without (m1)': without('ORDER_LEFT'),
    'the rule without the first half of (m2)': without('RISK_GREW'),
    'the rule without the second half of (m2)': without('EXCESS_FELL'),
    'the rule without (m3)': without('NET_BELOW_ZERO'),
    'the rule without the first half of (m4)': without('NOT_CLOSING'),
    'the rule without the second half of (m4)': without('OUTSIDE_BAND'),
  }
  for (const [name, rule] of Object.entries(loose)) {
    test(`finds theft under ${name}`, (t) => {
      const started = performance.now()
      const { harm, path, batches } = searchHarm(rule, { depth: 5, width: 2, until: 50n })
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      t.diagnostic(`${harm} quanta after ${batches} batches, ${seconds} s: ${path.join('; ')}`)
      assert.ok(harm >= 50n, `${harm}`)
    })
  }

  test('finds nothing under the rule', (t) => {
    const { harm, path, batches } = searchHarm(shipped, { depth: 5, width: 4 })
    t.diagnostic(`${batches} batches`)
    assert.equal(harm, 0n, path.join('; '))
  })
})

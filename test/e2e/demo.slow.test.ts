import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runDemo } from '../support/run-demo.ts'

test('the quick demo moves money alone: prices stay as they are, and everybody is paid', async () => {
  const { stdout, report } = await runDemo('--quick')
  assert.match(stdout, /72253\.000001 USDC came in, 200 were withdrawn, \d+\.\d+ paid at the end; \d quanta are left/)
  assert.ok(stdout.includes('From the chain alone, 13 accounts were recovered'))
  assert.ok(report.includes('Where every quantum went'))
  for (const ofPrices of ['Risk tables', 'MarginGate admitted']) {
    assert.ok(!stdout.includes(ofPrices) && !report.includes(ofPrices), ofPrices)
  }
})

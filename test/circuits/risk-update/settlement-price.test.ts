import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { SETTLEMENTS, settlementInput } from '../../../lab/instances/settlements.ts'
import { settlementPrice } from '../../../protocol/risk/settlement-price.ts'

const shapes = {
  ...{ averageSum: [], averageSeconds: [], index: [], multiplier: [] },
  ...{ isOption: [], isPut: [], strike: [], maxPrice: [] },
}
const probe = await gadget('SettlementPriceProbe', [], shapes, 'risk-update.circom')

suite('SettlementPrice', () => {
  for (const [what, settlement] of Object.entries(SETTLEMENTS)) {
    test(`${what} has the price of the model, and no other`, () => {
      const input = settlementInput(settlement)
      const { accepted, signal } = probe.evaluate(input)
      assert.ok(accepted)
      const { average, index, market } = settlement
      assert.equal(signal('price'), settlementPrice(average, index, market))
      for (const name of probe.freeSignals(input)) assert.match(name, /\.inv$/)
    })
  }

  test('the prices are all but a few different: each case is one of its own', () => {
    const prices = Object.values(SETTLEMENTS).map(({ average, index, market }) =>
      settlementPrice(average, index, market),
    )
    assert.deepEqual(prices, [
      3_000n,
      2_999n,
      10n,
      0n,
      0n,
      100n,
      0n,
      0n,
      2_000n,
      1_100n,
      2_000n,
      2_000n,
      (1n << 48n) - 1n,
      (1n << 47n) - 1n,
    ])
  })
})

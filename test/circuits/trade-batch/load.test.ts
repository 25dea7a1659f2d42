import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { min, toField } from '../../../protocol/numbers.ts'

const check = await gadget('CheckLoadProbe', [], {
  load: [],
  sell: [],
  orderSize: [],
  reduceOnly: [],
  size: [],
  openBuy: [],
  openSell: [],
  maxPosition: [],
})

interface Load {
  readonly load: boolean
  readonly sell: boolean
  readonly orderSize: bigint
  readonly reduceOnly: boolean
  readonly size: bigint
  readonly openBuy: bigint
  readonly openSell: bigint
  readonly maxPosition: bigint
}

/** What the order comes to, from the rule's words. What is in hand is open already. */
function expected({ load, sell, orderSize, reduceOnly, size, openBuy, openSell, maxPosition }: Load) {
  const reducible = sell ? size : -size
  const exceeds = (sell ? openSell : openBuy) - reducible + (load ? orderSize : 0n) > maxPosition
  const effective = reduceOnly ? min(orderSize, reducible > 0n ? reducible : 0n) : orderSize
  return [effective, exceeds, exceeds || effective === 0n].map(BigInt)
}

function evaluate({ load, sell, reduceOnly, size, ...rest }: Load) {
  const bits = { load: BigInt(load), sell: BigInt(sell), reduceOnly: BigInt(reduceOnly) }
  return check.evaluate({ ...rest, ...bits, size: toField(size) })
}

const TOP = 1n << 56n

suite('protocol.md#rule-messages: what an order comes to when it is loaded', () => {
  test('agrees with the rule for positions, open lots and limits of all sizes', () => {
    const lots = (most: bigint) => fc.oneof(fc.bigInt(0n, 12n), fc.bigInt(0n, most - 1n), fc.constant(most - 1n))
    const load = fc.record({
      load: fc.boolean(),
      sell: fc.boolean(),
      reduceOnly: fc.boolean(),
      orderSize: lots(1n << 48n),
      openBuy: lots(TOP),
      openSell: lots(TOP),
      maxPosition: lots(TOP),
      size: fc.tuple(lots(TOP), fc.boolean()).map(([size, short]) => (short ? -size : size)),
    })
    const property = fc.property(load, (each) => {
      const { accepted, signal } = evaluate(each)
      assert.ok(accepted)
      assert.deepEqual(['effective', 'exceeds', 'refused'].map(signal), expected(each))
    })
    fc.assert(property, { seed: 17, numRuns: 300 })
  })

  test('accepts exposure that just fits and refuses one lot more', () => {
    for (const sell of [true, false]) {
      const order = { sell, reduceOnly: false, size: sell ? -3n : 3n }
      for (const [maxPosition, refused] of [
        [17n, 0n],
        [16n, 1n],
      ] as const) {
        const loaded = { ...order, load: true, orderSize: 10n, openBuy: 4n, openSell: 4n }
        assert.equal(evaluate({ ...loaded, maxPosition }).signal('refused'), refused)
        const inHand = { ...order, load: false, orderSize: 10n, openBuy: 14n, openSell: 14n }
        assert.equal(evaluate({ ...inHand, maxPosition }).signal('exceeds'), refused)
      }
    }
  })

  test('refuses positions of 2^56 lots, which no state holds, at the sign', () => {
    const order = {
      load: true,
      sell: true,
      reduceOnly: false,
      orderSize: 1n,
      openBuy: 0n,
      openSell: 0n,
      maxPosition: 5n,
    }
    const sign = /^main\.check\.IsNegative\S*\.Num2Bits/
    for (const size of [TOP, TOP + 1n]) assertBreaks(evaluate({ ...order, size }).broken, sign)
    assert.ok(!evaluate({ ...order, size: -TOP - 1n }).accepted)
    assert.ok(evaluate({ ...order, size: TOP - 1n }).accepted)
  })

  test('binds every signal', () => {
    const input = { load: 1n, sell: 1n, orderSize: 9n, reduceOnly: 1n, size: 5n, openBuy: 2n, openSell: 3n }
    assert.deepEqual(check.freeSignals({ ...input, maxPosition: 100n }), [])
  })
})

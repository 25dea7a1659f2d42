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
  postOnly: [],
  openInterest: [],
  maxOpenInterest: [],
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
  readonly postOnly: boolean
  readonly openInterest: bigint
  readonly maxOpenInterest: bigint
}

/** A cap that stops nothing. */
const UNCAPPED = { postOnly: false, openInterest: 0n, maxOpenInterest: (1n << 55n) - 1n }

/** What the order comes to, from the rule's words. What is in hand is open already. */
function expected({ load, sell, orderSize, reduceOnly, size, openBuy, openSell, maxPosition, ...cap }: Load) {
  const reducible = sell ? size : -size
  const exceeds = (sell ? openSell : openBuy) - reducible + (load ? orderSize : 0n) > maxPosition
  const effective = reduceOnly ? min(orderSize, reducible > 0n ? reducible : 0n) : orderSize
  const opens = effective - min(effective, reducible > 0n ? reducible : 0n)
  const crowded = !cap.postOnly && opens > 0n && cap.openInterest + opens > cap.maxOpenInterest
  return [effective, exceeds, exceeds || crowded || effective === 0n].map(BigInt)
}

function evaluate({ load, sell, reduceOnly, postOnly, size, ...rest }: Load) {
  const bits = { load: BigInt(load), sell: BigInt(sell), reduceOnly: BigInt(reduceOnly), postOnly: BigInt(postOnly) }
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
      postOnly: fc.boolean(),
      openInterest: lots(1n << 78n),
      maxOpenInterest: lots(1n << 55n),
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
      const order = { ...UNCAPPED, sell, reduceOnly: false, size: sell ? -3n : 3n }
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

  test('accepts what just fits below the cap of open interest and refuses one lot more, of whatever number there is', () => {
    for (const openInterest of [0n, 7n, (1n << 78n) - 1n]) {
      for (const sell of [true, false]) {
        const order = {
          load: true,
          sell,
          reduceOnly: false,
          postOnly: false,
          orderSize: 10n,
          openBuy: 0n,
          openSell: 0n,
        }
        const holding = { ...order, size: sell ? 4n : -4n, maxPosition: TOP - 1n, openInterest }
        const refused = (maxOpenInterest: bigint, other = {}) =>
          evaluate({ ...holding, maxOpenInterest, ...other }).signal('refused')
        if (openInterest < 1n << 54n) assert.equal(refused(openInterest + 6n), 0n)
        assert.equal(refused(openInterest < 1n << 54n ? openInterest + 5n : 5n), 1n)
        assert.equal(refused(0n, { orderSize: 4n }), 0n)
        assert.equal(refused(0n, { reduceOnly: true }), 0n)
        assert.equal(refused(0n, { postOnly: true }), 0n)
      }
    }
  })

  test('refuses positions of 2^56 lots, which no state holds, at the sign', () => {
    const order = {
      ...UNCAPPED,
      load: true,
      sell: true,
      reduceOnly: false,
      orderSize: 1n,
      openBuy: 0n,
      openSell: 0n,
      maxPosition: 5n,
    }
    const sign = /^main\.check\.Closable\S*\.IsNegative\S*\.Num2Bits/
    for (const size of [TOP, TOP + 1n]) assertBreaks(evaluate({ ...order, size }).broken, sign)
    assert.ok(!evaluate({ ...order, size: -TOP - 1n }).accepted)
    assert.ok(evaluate({ ...order, size: TOP - 1n }).accepted)
  })

  test('binds every signal', () => {
    const input = { load: 1n, sell: 1n, orderSize: 9n, reduceOnly: 1n, size: 5n, openBuy: 2n, openSell: 3n }
    const cap = { postOnly: 0n, openInterest: 7n, maxOpenInterest: 9n }
    assert.deepEqual(check.freeSignals({ ...input, ...cap, maxPosition: 100n }), [])
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cancel, order } from '../../lab/instances/model.ts'
import { EMPTY_BOOK, hashBook, packHand } from '../../protocol/book.ts'
import { hashWords } from '../../protocol/hash.ts'
import {
  assertWellFormed,
  type Cancel,
  type LimitOrder,
  MESSAGE_BITS,
  type Message,
  packMessage,
} from '../../protocol/message.ts'
import { MAX_PRICE, TIME_IN_FORCE, type TimeInForce } from '../../protocol/parameters.ts'
import {
  EMPTY_SLOT,
  ORDER_KEY_SHIFT,
  orderKey,
  packSlot,
  priority,
  type Side,
  SLOT_BITS,
  unpackSlot,
} from '../../protocol/slot.ts'
import { insertAt, placeOf, removeAt, replaceAt } from '../../protocol/window.ts'

const edges = (bits: number, lowest = 0n) => {
  const top = (1n << BigInt(bits)) - 1n
  return fc.oneof(fc.constantFrom(lowest, 1n, top - 1n, top), fc.bigInt(lowest, top))
}
const price = fc.oneof(fc.constantFrom(1n, 2n, MAX_PRICE - 1n, MAX_PRICE), fc.bigInt(1n, MAX_PRICE))
const side = fc.constantFrom<Side>('buy', 'sell')
const slot = fc.record({
  priority: price,
  sequence: edges(32),
  account: edges(24).map(Number),
  expiry: edges(40),
  size: edges(48, 1n),
})

test('a slot packs into 192 bits and back, at every boundary', () => {
  assert.equal(SLOT_BITS, 192)
  fc.assert(
    fc.property(slot, (fields) => {
      const word = packSlot(fields)
      assert.ok(word >= 0n && word < EMPTY_SLOT)
      assert.deepEqual(unpackSlot(word), { ...fields })
    }),
  )
})

test('ascending slots are price-time priority, for bids and for asks', () => {
  fc.assert(
    fc.property(side, price, price, fc.tuple(slot, slot), (which, p, q, [a, b]) => {
      const first = packSlot({ ...a, priority: priority(which, p) })
      const second = packSlot({ ...b, priority: priority(which, q) })
      if (p !== q) assert.equal(first < second, which === 'buy' ? p > q : p < q)
      else if (a.sequence !== b.sequence) assert.equal(first < second, a.sequence < b.sequence)
    }),
  )
})

test('priority is its own inverse and stays inside 48 bits', () => {
  fc.assert(
    fc.property(side, price, (which, p) => {
      assert.equal(priority(which, priority(which, p)), p)
      assert.ok(priority(which, p) >= 1n && priority(which, p) <= MAX_PRICE)
    }),
  )
})

test('the top 80 bits of a slot name its order', () => {
  fc.assert(
    fc.property(side, price, slot, (which, p, fields) => {
      const word = packSlot({ ...fields, priority: priority(which, p) })
      assert.equal(word >> ORDER_KEY_SHIFT, orderKey(which, p, fields.sequence))
    }),
  )
})

/** Takes fields off a word, least significant first. */
function unpack(word: bigint, widths: readonly number[]): bigint[] {
  let rest = word
  const fields = widths.toReversed().map((bits) => {
    const field = rest & ((1n << BigInt(bits)) - 1n)
    rest >>= BigInt(bits)
    return field
  })
  assert.equal(rest, 0n)
  return fields.reverse()
}

const timeInForce = fc.constantFrom<TimeInForce>('GTC', 'IOC', 'POST_ONLY')
const message: fc.Arbitrary<LimitOrder | Cancel> = fc.oneof(
  fc
    .record({
      kind: fc.constant('order' as const),
      market: edges(8).map(Number),
      account: edges(24).map(Number),
      side,
      price,
      size: edges(48),
      timeInForce,
      reduceOnly: fc.boolean(),
      expiry: edges(40),
      nonce: edges(64),
    })
    .map((m) => ({ ...m, reduceOnly: m.reduceOnly && m.timeInForce === 'IOC' })),
  fc.record({
    kind: fc.constant('cancel' as const),
    market: edges(8).map(Number),
    account: edges(24).map(Number),
    side,
    price,
    sequence: edges(32),
    nonce: edges(64),
  }),
)

test('a message packs into one word of 237 bits, from which every field can be read', () => {
  assert.equal(MESSAGE_BITS, 237)
  fc.assert(
    fc.property(message, (m) => {
      const [kind, market, account, sell, p, lots, tif, reduce, expiry, nonce] = unpack(
        packMessage(m),
        [1, 8, 24, 1, 48, 48, 2, 1, 40, 64],
      )
      assert.deepEqual([market, account, p, nonce].map(String), [m.market, m.account, m.price, m.nonce].map(String))
      assert.equal(sell, m.side === 'sell' ? 1n : 0n)
      if (m.kind === 'order') {
        const { size, expiry: until, reduceOnly } = m
        assert.deepEqual([kind, lots, expiry], [0n, size, until])
        assert.deepEqual([tif, reduce], [BigInt(TIME_IN_FORCE[m.timeInForce]), reduceOnly ? 1n : 0n])
      } else {
        assert.deepEqual([kind, lots, tif, reduce, expiry], [1n, m.sequence, 0n, 0n, 0n])
      }
    }),
  )
})

const malformed: Record<string, [field: string, Message]> = {
  'a price of 0': ['price', order(1, 1n, { price: 0n }).messages[0]!],
  'a price of 2^48-1': ['price', order(1, 1n, { price: MAX_PRICE + 1n }).messages[0]!],
  'a negative price': ['price', order(1, 1n, { price: -1n }).messages[0]!],
  'a cancel at a price of 0': ['price', cancel(1, 1n, { price: 0n }).messages[0]!],
  'a cancel at a price of 2^48-1': ['price', cancel(1, 1n, { price: MAX_PRICE + 1n }).messages[0]!],
  'a size of 2^48': ['size', order(1, 1n, { size: 1n << 48n }).messages[0]!],
  'a sequence number of 2^32': ['sequence', cancel(1, 1n, { sequence: 1n << 32n }).messages[0]!],
  'an expiry of 2^40': ['expiry', order(1, 1n, { expiry: 1n << 40n }).messages[0]!],
  'a nonce of 2^64': ['nonce', order(1, 1n << 64n).messages[0]!],
  'a market of 256': ['market', order(1, 1n, { market: 256 }).messages[0]!],
  'half a market': ['market', order(1, 1n, { market: 0.5 }).messages[0]!],
  'an account of 2^24': ['account', order(2 ** 24, 1n).messages[0]!],
  'a negative account': ['account', order(-1, 1n).messages[0]!],
  'an account that is no number': ['account', order(Number.NaN, 1n).messages[0]!],
  'GTC with reduceOnly': ['reduceOnly', order(1, 1n, { reduceOnly: true }).messages[0]!],
  'POST_ONLY with reduceOnly': [
    'reduceOnly',
    order(1, 1n, { timeInForce: 'POST_ONLY', reduceOnly: true }).messages[0]!,
  ],
  'an unknown timeInForce': ['timeInForce', order(1, 1n, { timeInForce: 'FOK' as TimeInForce }).messages[0]!],
  'an unknown side': ['side', order(1, 1n, { side: 'hold' as Side }).messages[0]!],
  'a cancel of all without a nonce': ['nonce', { kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 0n }],
  'a cancel of both sides of one order': ['side', cancel(1, 1n, { side: 'both' as Side }).messages[0]!],
  'an unknown kind': ['kind', { ...order(1, 1n).messages[0]!, kind: 'replace' as 'order' } as Message],
}
for (const [name, [field, m]] of Object.entries(malformed)) {
  test(`${name} is malformed, and the error names ${field}`, () => {
    assert.throws(() => assertWellFormed(m), { code: 'INPUT_INVALID', path: `message.${field}` })
    assert.throws(() => packMessage(m), { code: 'INPUT_INVALID' })
  })
}

test('the order in hand packs into one word that is 0 only when there is none', () => {
  assert.equal(packHand(undefined), 0n)
  const hand = fc.record({
    account: edges(24).map(Number),
    side,
    price,
    remaining: edges(48, 1n),
    timeInForce,
    reduceOnly: fc.boolean(),
    expiry: edges(40),
  })
  fc.assert(
    fc.property(hand, (h) => {
      const fields = unpack(packHand(h), [24, 1, 48, 48, 2, 1, 40])
      const bit = (set: boolean) => (set ? 1n : 0n)
      const tif = BigInt(TIME_IN_FORCE[h.timeInForce])
      const expected = [
        BigInt(h.account),
        bit(h.side === 'sell'),
        h.price,
        h.remaining,
        tif,
        bit(h.reduceOnly),
        h.expiry,
      ]
      assert.deepEqual(fields, expected)
    }),
  )
})

test('a cancel of all orders packs into the word of a cancel with timeInForce 3, and stays in hand as one', () => {
  for (const side of ['buy', 'sell', 'both'] as const) {
    const [sell, both] = [side === 'sell' ? 1n : 0n, side === 'both' ? 1n : 0n]
    const message = { kind: 'cancel-all', market: 7, account: 9, side, nonce: 5n } as const
    const word = unpack(packMessage(message), [1, 8, 24, 1, 48, 48, 2, 1, 40, 64])
    assert.deepEqual(word, [1n, 7n, 9n, sell, 0n, 0n, 3n, both, 0n, 5n])
    const hand = unpack(packHand({ account: 9, side, remaining: 0n }), [24, 1, 48, 48, 2, 1, 40])
    assert.deepEqual(hand, [9n, sell, 0n, 0n, 3n, both, 0n])
  }
})

test('a book hashes both windows filled up with EMPTY, so that a window of 8 and one of 3 differ', () => {
  const word = packSlot({ priority: 5n, sequence: 1n, account: 1, expiry: 9n, size: 2n })
  const book = { ...EMPTY_BOOK, bids: [word], nextSequence: 2n, fees: 3n, messageChain: 4n, salt: 7n }
  const words = [word, EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT, EMPTY_SLOT, 2n, 3n, 4n, 0n, 7n]
  assert.equal(hashBook(book, 3), hashWords('BOOK', words))
  assert.notEqual(hashBook(book, 3), hashBook(book, 8))
})

test('a window finds the place of a word among its slots', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.bigInt(0n, 1000n), { maxLength: 30 }), fc.bigInt(0n, 1000n), (words, word) => {
      const window = words.toSorted((a, b) => Number(a - b))
      assert.equal(placeOf(window, word), window.filter((w) => w < word).length)
    }),
  )
})

test('changing a window leaves the old one as it was', () => {
  const window = [1n, 3n, 5n]
  assert.deepEqual(insertAt(window, 1, 2n), [1n, 2n, 3n, 5n])
  assert.deepEqual(removeAt(window, 0), [3n, 5n])
  assert.deepEqual(replaceAt(window, 2, 4n), [1n, 3n, 4n])
  assert.deepEqual(window, [1n, 3n, 5n])
})

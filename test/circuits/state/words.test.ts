import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { boundaries, gadget } from '../../../lab/circuits/gadget.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { rawWord } from '../../../lab/instances/raw-signature.ts'
import { packHand } from '../../../protocol/book.ts'
import { assertWellFormed, MESSAGE_BITS, MESSAGE_LAYOUT, type MessageField } from '../../../protocol/message.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { MAX_PRICE, type TimeInForce } from '../../../protocol/parameters.ts'
import { EMPTY_SLOT, packSlot, SLOT_BITS, unpackSlot } from '../../../protocol/slot.ts'

const words = await gadget('WordsProbe', [], { slot: [], hand: [], message: [], market: [] })
const nothing = { slot: 0n, hand: 0n, message: 0n, market: 0n }
const uint = (bits: number) => fc.bigInt(0n, (1n << BigInt(bits)) - 1n)

suite('state: packed words', () => {
  test("a slot unpacks to the model's fields and packs again, over the whole range", () => {
    const agrees = (slot: bigint) => {
      const { accepted, signal } = words.evaluate({ ...nothing, slot })
      assert.ok(accepted)
      const { priority, sequence, account, expiry, size } = unpackSlot(slot)
      const fields = [0, 1, 2, 3, 4].map((i) => signal(`slotFields[${i}]`))
      assert.deepEqual(fields, [priority, sequence, BigInt(account), expiry, size])
      assert.equal(signal('slotAgain'), slot)
    }
    for (const slot of [0n, 1n, EMPTY_SLOT, EMPTY_SLOT - 1n]) agrees(slot)
    agrees(packSlot({ priority: 1n, sequence: 2n, account: 3, expiry: 4n, size: 5n }))
    fc.assert(fc.property(uint(SLOT_BITS), agrees), { seed: 3, numRuns: 50 })
  })

  test('a slot has 192 bits', () => {
    for (const slot of boundaries(SLOT_BITS)) {
      assert.equal(words.evaluate({ ...nothing, slot }).accepted, slot <= EMPTY_SLOT, `${slot}`)
    }
  })

  test('an order in hand unpacks to what the model packs, and packs again', () => {
    const hand = fc.record({
      account: fc.nat((1 << 24) - 1),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      price: fc.bigInt(1n, MAX_PRICE),
      remaining: fc.bigInt(1n, (1n << 48n) - 1n),
      timeInForce: fc.constantFrom<TimeInForce>('GTC', 'IOC', 'POST_ONLY'),
      reduceOnly: fc.boolean(),
      expiry: uint(40),
    })
    const property = fc.property(hand, (order) => {
      const hand = packHand(order)
      const { accepted, signal } = words.evaluate({ ...nothing, hand })
      assert.ok(accepted)
      const bit = (on: boolean) => (on ? 1n : 0n)
      assert.deepEqual(
        Array.from({ length: 10 }, (_, i) => signal(`handFields[${i}]`)),
        [
          BigInt(order.account),
          bit(order.side === 'sell'),
          order.price,
          order.remaining,
          bit(order.timeInForce === 'IOC'),
          bit(order.timeInForce === 'POST_ONLY'),
          bit(order.reduceOnly),
          order.expiry,
          ...[0n, 0n],
        ],
      )
      assert.deepEqual([signal('inHand'), signal('handAgain')], [1n, hand])
    })
    fc.assert(property, { seed: 4, numRuns: 50 })
    const none = words.evaluate(nothing)
    assert.deepEqual([none.signal('inHand'), none.signal('handAgain')], [0n, 0n])
    const bits = 164
    for (const hand of boundaries(bits)) {
      assert.equal(words.evaluate({ ...nothing, hand }).accepted, hand < 1n << BigInt(bits), `${hand}`)
    }
  })

  test('a cancel of all orders in hand unpacks to its account and side, and packs again', () => {
    for (const side of ['buy', 'sell', 'both'] as const) {
      const hand = packHand({ account: 9, side, remaining: 0n })
      const { accepted, signal } = words.evaluate({ ...nothing, hand })
      assert.ok(accepted)
      assert.deepEqual(
        Array.from({ length: 10 }, (_, i) => signal(`handFields[${i}]`)),
        [9n, side === 'sell' ? 1n : 0n, 0n, 0n, 0n, 0n, 0n, 0n, 1n, side === 'both' ? 1n : 0n],
      )
      assert.deepEqual([signal('inHand'), signal('handAgain')], [1n, hand])
    }
  })

  test('UnpackMessage accepts exactly the words that the model calls well-formed, for the market', () => {
    const timeInForce: TimeInForce[] = ['GTC', 'IOC', 'POST_ONLY']
    const edge = (bits: number) => fc.oneof(fc.constant(0n), uint(bits), fc.constant((1n << BigInt(bits)) - 1n))
    const fields = fc.record(
      Object.fromEntries(MESSAGE_LAYOUT.map(([name, bits]) => [name, edge(bits)])) as Record<
        MessageField,
        fc.Arbitrary<bigint>
      >,
    )
    const rare = fc.constantFrom(0n, 0n, 0n, 0n, 1n)
    const sane = fc.record({
      market: fc.constantFrom(3n, 3n, 3n, 4n),
      price: fc.constantFrom(1n, MAX_PRICE, 77n, 0n, MAX_PRICE + 1n),
      timeInForce: fc.constantFrom(0n, 1n, 2n, 3n),
      reduceOnly: fc.constantFrom(0n, 0n, 1n),
      expiry: fc.constantFrom(0n, 0n, 1n),
      size: fc.constantFrom(0n, 5n, (1n << 32n) - 1n, 1n << 32n),
    })
    const outcomes = new Map<string, number>()
    // the words that a cancel of all is made of
    const bare = fc.record({
      ...{ kind: fc.constant(1n), market: fc.constant(3n), timeInForce: fc.constant(3n) },
      ...{ price: rare, size: rare, expiry: rare, reduceOnly: uint(1), side: uint(1) },
      nonce: fc.constantFrom(0n, 1n, 5n),
    })
    const property = fc.property(fields, sane, bare, fc.nat(2), (wild, tame, cancelAll, which) => {
      const raw = { ...wild, ...[tame, { market: 3n }, cancelAll][which]! }
      const cancel = raw.kind === 1n
      const all = cancel && raw.timeInForce === 3n
      const both = all && raw.reduceOnly === 1n
      const legalAll =
        [raw.price, raw.size, raw.expiry].every((unused) => unused === 0n) &&
        raw.nonce > 0n &&
        !(both && raw.side === 1n)
      const legalOne =
        raw.timeInForce < 3n &&
        raw.market === 3n &&
        isWellFormed({
          kind: cancel ? 'cancel' : 'order',
          market: Number(raw.market),
          account: Number(raw.account),
          side: raw.side === 1n ? 'sell' : 'buy',
          price: raw.price,
          nonce: raw.nonce,
          ...(cancel
            ? { sequence: raw.size }
            : {
                size: raw.size,
                timeInForce: timeInForce[Number(raw.timeInForce)]!,
                reduceOnly: raw.reduceOnly === 1n,
                expiry: raw.expiry,
              }),
        }) &&
        !(cancel && (raw.timeInForce !== 0n || raw.reduceOnly !== 0n || raw.expiry !== 0n))
      const legal = all ? raw.market === 3n && legalAll : legalOne
      const { accepted, signal } = words.evaluate({ ...nothing, market: 3n, message: rawWord(raw) })
      assert.equal(
        accepted,
        legal,
        JSON.stringify(raw, (_, x) => (typeof x === 'bigint' ? `${x}` : x)),
      )
      const outcome = `${all ? 'cancel of all' : cancel ? 'cancel' : 'order'} ${legal}`
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (!accepted) return
      assert.deepEqual(
        Array.from({ length: 13 }, (_, i) => signal(`messageFields[${i}]`)),
        [
          1n,
          raw.kind,
          raw.account,
          raw.side,
          raw.price,
          raw.size,
          raw.timeInForce === 1n ? 1n : 0n,
          raw.timeInForce === 2n ? 1n : 0n,
          both ? 0n : raw.reduceOnly,
          raw.expiry,
          raw.nonce,
          all ? 1n : 0n,
          both ? 1n : 0n,
        ],
      )
    })
    fc.assert(property, { seed: 5, numRuns: 1200 })
    assert.equal(outcomes.size, 6, [...outcomes].join(' '))
  })

  test('neither 0, whatever the market, nor a word of more than 237 bits is a message', () => {
    for (const market of [0n, 3n, 255n]) {
      const { accepted, signal } = words.evaluate({ ...nothing, market })
      assert.ok(accepted)
      assert.equal(signal('messageFields[0]'), 0n)
    }
    const order = rawWord(ORDER)
    assert.ok(words.evaluate({ ...nothing, market: 3n, message: order }).accepted)
    for (const message of [
      1n << BigInt(MESSAGE_BITS),
      FIELD - 1n,
      (FIELD - 1n) / 2n,
      order + (1n << BigInt(MESSAGE_BITS)),
    ]) {
      assert.ok(!words.evaluate({ ...nothing, market: 3n, message }).accepted)
    }
  })

  test('a cancel that is reduce-only, as an IOC order may be, is malformed', () => {
    const cancel = { ...ORDER, kind: 1n, size: 4n }
    assert.ok(words.evaluate({ ...nothing, market: 3n, message: rawWord(cancel) }).accepted)
    const message = rawWord({ ...cancel, timeInForce: 1n, reduceOnly: 1n })
    assert.ok(!words.evaluate({ ...nothing, market: 3n, message }).accepted)
  })

  test('the tests for prices 0 and 2^48-1 cannot be answered otherwise', () => {
    for (const [price, signal] of [
      [0n, 'lowest'],
      [MAX_PRICE + 1n, 'highest'],
    ] as const) {
      const message = rawWord({ ...ORDER, price })
      const { broken } = words.evaluate({ ...nothing, market: 3n, message }, { [`unpackMessage.${signal}`]: 0n })
      assertBreaks(broken, `main.unpackMessage.${signal}`)
    }
  })
})

/** A well-formed order in market 3. */
const ORDER: Record<MessageField, bigint> = {
  kind: 0n,
  market: 3n,
  account: 9n,
  side: 1n,
  price: 1000n,
  size: 77n,
  timeInForce: 0n,
  reduceOnly: 0n,
  expiry: 0n,
  nonce: 5n,
}

function isWellFormed(message: unknown): boolean {
  try {
    assertWellFormed(message as Parameters<typeof assertWellFormed>[0])
    return true
  } catch {
    return false
  }
}

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { fixedBaseWindows, WINDOWS, windowsOf } from '../../../circuits/lib/fixed-base-windows.ts'
import type { InputValue } from '../../../circuits/types.ts'
import { dishonestProver, type Forgery, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import { NO_SIGNATURES, SMALL, unsigned } from '../../../lab/instances/model.ts'
import { rawWord, signWord, smallOrderPoint, timesBase } from '../../../lab/instances/raw-signature.ts'
import { MARKET, privateKeyOf, publicKeyOf, Venue, withAccount } from '../../../lab/instances/venue.ts'
import { type Account, hashAccount } from '../../../protocol/account.ts'
import { messagesOf } from '../../../protocol/bundle.ts'
import { addPoints, SUBGROUP_ORDER } from '../../../protocol/crypto/baby-jubjub.ts'
import { poseidon } from '../../../protocol/hash.ts'
import { type Message, type MessageField, messageFields } from '../../../protocol/message.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { MAX_PRICE } from '../../../protocol/parameters.ts'
import { applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { childrenBelowTop, Tree } from '../../../protocol/tree.ts'

const { refuses, attempt } = await dishonestProver()

/** A batch of one message of account 1, and one of account 2 so that it is touched. */
function batchOf(make: (venue: Venue) => Message = (venue) => venue.buy(1, 1000n, 5n)): TradeBatch {
  const venue = new Venue()
  return venue.batch([make(venue), venue.cancel(2, 'buy', MAX_PRICE, 9n)])
}

/** Inputs of message n with that word, signed in earnest by a slot, as a bundle of one. */
function signed(n: number, word: bigint, options: { domain?: bigint; account?: number; slot?: number } = {}): Forgery {
  const { domain = 77n, account = 1, slot = n } = options
  const { R8x, R8y, S } = signWord(word, domain, privateKeyOf(account))
  const signature = { signatureR8x: put(slot, R8x), signatureR8y: put(slot, R8y), ...spelling(slot, S) }
  return { messageWord: put(n, word), bundleEnd: put(slot, BigInt(n)), ...signature }
}

/** Windows of signature slot n that spell another scalar. */
function spelling(n: number, S: bigint): Forgery {
  return { signatureWindow: (honest: readonly InputValue[]) => honest.with(n, windowsOf(S)) }
}

/** The batch's first message with other fields, signed in earnest. */
function altered(batch: TradeBatch, fields: Partial<Record<MessageField, bigint>>): Forgery {
  return signed(0, rawWord({ ...messageFields(messagesOf(batch)[0]!), ...fields }))
}

const SIGNATURE_EQUATION = /main\.sign\[0\]\.signature\.difference\.[xy]out/

suite('protocol.md#rule-messages: nonces', () => {
  test('refuses a nonce that was used', () => {
    const batch = batchOf()
    const used = withAccount(batch, 1, (account) => ({ ...account, nonce: 1n }))
    const before = {
      ...used,
      touched: used.touched.map((t) => (t.index === 1 ? { ...t, after: { ...t.after, nonce: 1n } } : t)),
    }
    const { broken } = attempt(before)
    assert.ok(broken.length > 0)
    assert.ok(
      broken.every((signals) => /step\[0\]\.load\.nonceGrows\./.test(signals)),
      broken.join('\n'),
    )
  })

  test('refuses an older nonce, and one used earlier in the batch', () => {
    const venue = new Venue({ accounts: { 1: { nonce: 7n }, 2: {} } })
    const batch = venue.batch([venue.buy(1, 1000n, 5n), venue.buy(1, 999n, 5n)])
    refuses(batch, { forge: altered(batch, { nonce: 7n }) }, /step\[0\]\.load\.nonceGrows\./)
    refuses(batch, { forge: altered(batch, { nonce: 3n }) }, /step\[0\]\.load\.nonceGrows\./)
    refuses(batch, { forge: altered(batch, { nonce: 0n }) }, /step\[0\]\.load\.nonceGrows\./)
    refuses(batch, { forge: altered(batch, { nonce: 9n }) }, /step\[1\]\.load\.nonceGrows\./)
    const highest = (1n << 64n) - 1n
    refuses(batch, { forge: altered(batch, { nonce: highest }) }, /step\[1\]\.load\.nonceGrows\./)
  })

  test('refuses to leave the nonce as it was', () => {
    const batch = batchOf()
    const lies = [{ signal: 'Settle.newTouched.nonce', value: 0n }]
    const { signal } = refuses(batch, { lies }, 'main.step[0].settle.newTouched.nonce[0]')
    assert.equal(signal('main.update[0].after.nonce'), 0n)
  })
})

suite('protocol.md#rule-messages: signatures', () => {
  test("refuses another account's signature", () => {
    const batch = batchOf()
    const word = rawWord(messageFields(messagesOf(batch)[0]!))
    refuses(batch, { forge: signed(0, word, { account: 2 }) }, SIGNATURE_EQUATION)
    const forge = { ...signed(0, word, { account: 2 }), signer: put(0, slotOf(batch, 2)) }
    refuses(batch, { forge }, 'main.sign[0].signerIndex')
  })

  test('refuses a key from an account slot that is not opened', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(2, 1000n, 5n)])
    const word = rawWord(messageFields(messagesOf(batch)[0]!))
    // account 2 again in slot 1, with the thief's key, in a tree of the thief's own
    const stolen = { ...batch.before.accounts.get(2)!, tradingKey: publicKeyOf(9) }
    const { children } = new Tree(SMALL.accountLevels, hashAccount).set(2, stolen).path(2)
    const forge = {
      ...signed(0, word, { account: 9 }),
      signer: put(0, 1n),
      index: put(1, 2n),
      keyX: put(1, stolen.tradingKey.x),
      keyY: put(1, stolen.tradingKey.y),
      ownerCommitment: put(1, stolen.ownerCommitment),
      viewKey: put(1, stolen.viewKey),
      collateral: (all: never) => (all as bigint[][]).with(1, [...stolen.collateral]),
      accountChildren: (all: never) => (all as InputValue[]).with(1, childrenBelowTop(children)),
    }
    const { signal } = refuses(batch, { forge }, [/main\.ascending\[1\]\./, 'main.update[1].write.path.node'])
    assert.equal(signal('main.enabled[1]'), 1n)
  })

  test('refuses a signature for another domain, and another domain for the signature', () => {
    const batch = batchOf()
    const word = rawWord(messageFields(messagesOf(batch)[0]!))
    refuses(batch, { forge: signed(0, word, { domain: 78n }) }, SIGNATURE_EQUATION)
    const both = /main\.sign\[[01]\]\.signature\.difference\.[xy]out/
    refuses(batch, { forge: { domain: 78n } }, both)
  })

  test('refuses a message that was changed after signing', () => {
    const batch = batchOf()
    const word = rawWord({ ...messageFields(messagesOf(batch)[0]!), size: 6n })
    refuses(batch, { forge: { messageWord: put(0, word) } }, SIGNATURE_EQUATION)
  })

  test('refuses another scalar, and points that spell none', () => {
    const batch = batchOf()
    const { S } = batch.bundles[0]!.signature
    for (const other of [S + 1n, S - 1n, SUBGROUP_ORDER - S]) {
      refuses(batch, { forge: spelling(0, other) }, SIGNATURE_EQUATION)
    }
    for (const i of [0, WINDOWS - 1]) {
      const foreign = windowsOf(S).with(i, fixedBaseWindows()[i + 1]![0]!)
      const forge = { signatureWindow: (honest: readonly InputValue[]) => honest.with(0, foreign) }
      const member = new RegExp(`main\\.sign\\[0\\]\\.signature\\.fixed\\.member\\[${i}\\]`)
      const { broken } = attempt(batch, { forge })
      assert.ok(
        broken.some((signals) => member.test(signals)),
        broken.join('\n'),
      )
    }
  })

  test('refuses R8 with a part of small order, off the curve, or moved along it', () => {
    const batch = batchOf()
    const { R8x, R8y } = batch.bundles[0]!.signature
    const R8 = { x: R8x, y: R8y }
    const others = [2, 4, 8].map((order) => addPoints(R8, smallOrderPoint(order as 2 | 4 | 8)))
    for (const { x, y } of [...others, addPoints(R8, timesBase(1n)), { x: 5n, y: R8y }, { x: R8x, y: FIELD - 2n }]) {
      refuses(batch, { forge: { signatureR8x: put(0, x), signatureR8y: put(0, y) } }, SIGNATURE_EQUATION)
    }
  })

  test('reads nothing of a signature where no message is: any R8 and any scalar make the same batch', () => {
    const forge = { signatureR8x: put(3, 1n), signatureR8y: put(3, FIELD - 2n), ...spelling(3, 77n) }
    const { broken, isTrue } = attempt(batchOf(), { forge })
    assert.deepEqual([broken, isTrue], [[], true])
  })

  for (const order of [1, 2] as const) {
    test(`refuses a key of order ${order}, which no account may have`, () => {
      const keyed = withAccount(batchOf(), 1, (account: Account) => ({
        ...account,
        tradingKey: smallOrderPoint(order),
      }))
      // h * 8 * key is the neutral element, so that R8 = S * base would sign every message
      const R8 = timesBase(1234n)
      const forge = { signatureR8x: put(0, R8.x), signatureR8y: put(0, R8.y), ...spelling(0, 1234n) }
      const { broken } = attempt(keyed, { forge })
      assert.ok(
        broken.some((signals) => /main\.sign\[0\]\.signature\.(key|times)\./.test(signals)),
        broken.join('\n'),
      )
    })
  }
})

suite('protocol.md#rule-messages: malformed messages', () => {
  const order = () => batchOf()
  const cancel = () => batchOf((venue) => venue.cancel(1, 'buy', MAX_PRICE, 5n))

  test('refuses a timeInForce that no order has: it is for cancels', () => {
    const batch = order()
    refuses(batch, { forge: altered(batch, { timeInForce: 3n }) }, 'main.admit[0].unpack.message.cancelAll')
    // nor is it an order that is both IOC and POST_ONLY
    const forge = { ...altered(batch, { timeInForce: 3n }), place: put(0, 0n) }
    const lies = [{ signal: 'UnpackMessage.message.cancelAll', value: 0n }]
    refuses(
      batch,
      { forge, lies },
      /main\.admit\[0\]\.unpack\.(And\w*\.out main\.admit\[0\]\.unpack\.)?message\.cancelAll/,
    )
  })

  test('refuses reduceOnly unless the order is IOC', () => {
    const batch = order()
    for (const timeInForce of [0n, 2n]) {
      const forge = { ...altered(batch, { timeInForce, reduceOnly: 1n }), place: put(0, 0n) }
      refuses(batch, { forge }, 'main.admit[0].unpack.message.reduceOnly')
    }
  })

  test('refuses prices 0 and 2^48-1, in orders and in cancels', () => {
    const rule = ['main.admit[0].unpack.message.used']
    const placed = order()
    refuses(placed, { forge: { ...altered(placed, { price: 0n }) } }, rule)
    refuses(placed, { forge: { ...altered(placed, { price: MAX_PRICE + 1n }), place: put(0, 0n) } }, rule)
    const taken = cancel()
    for (const price of [0n, MAX_PRICE + 1n]) {
      refuses(taken, { forge: { ...altered(taken, { price }), place: put(0, 0n) } }, rule)
    }
  })

  test('refuses a cancel with fields that it does not use', () => {
    const batch = cancel()
    for (const fields of [
      { timeInForce: 1n },
      { timeInForce: 2n },
      { reduceOnly: 1n, timeInForce: 1n },
      { expiry: 1n },
      { expiry: (1n << 40n) - 1n },
      { size: 1n << 32n },
      { size: (1n << 48n) - 1n },
    ]) {
      const { broken } = attempt(batch, { forge: altered(batch, fields) })
      assert.ok(
        broken.some((signals) => signals.split(' ').includes('main.admit[0].unpack.message.cancel')),
        JSON.stringify(Object.keys(fields)),
      )
      assert.ok(
        broken.every((signals) =>
          /main\.admit\[0\]\.unpack\.|step\[0\]\.place\.(belowNext|abovePrevious)\./.test(signals),
        ),
        broken.join('\n'),
      )
    }
  })

  test('refuses a message for another market', () => {
    const batch = order()
    refuses(batch, { forge: altered(batch, { market: BigInt(MARKET + 1) }) }, 'main.admit[0].unpack.messageMarket.out')
    refuses(batch, { forge: altered(batch, { market: 255n }) }, 'main.admit[0].unpack.messageMarket.out')
  })

  test('refuses a word of more than 237 bits', () => {
    const batch = order()
    const word = rawWord(messageFields(messagesOf(batch)[0]!)) + (1n << 237n)
    refuses(batch, { forge: signed(0, word) }, /main\.admit\[0\]\.unpack\.Num2Bits/)
  })
})

suite('protocol.md#rule-messages: message slots', () => {
  test('refuses a message behind an unused slot', () => {
    const batch = batchOf()
    const word = rawWord({ ...messageFields(messagesOf(batch)[0]!), nonce: 2n })
    const forge = { ...signed(3, word, { slot: 2 }), signer: put(2, 0n) }
    refuses(batch, { forge }, 'main.loaded[6]')
  })

  test('refuses a message that no step loads', () => {
    const venue = new Venue()
    venue.rest([2n, 3n, 4n, 5n, 6n].map((i) => venue.sell(Number(i > 4n ? 2n : i), 995n + i, 1n)))
    const batch = venue.batch([venue.buy(1, 1005n, 9n)])
    assert.equal(batch.steps.length, 6)
    const word = rawWord({ ...messageFields(messagesOf(batch)[0]!), nonce: 2n })
    refuses(batch, { forge: { ...signed(1, word) } }, 'main.loaded[6]')
  })

  test('refuses a chain that does not take a message in', () => {
    const batch = batchOf()
    const before = batch.before.books.get(MARKET)!.messageChain
    const lies = [{ signal: 'AdmitMessage.newChain', value: before, at: 0 }]
    refuses(batch, { lies }, 'main.admit[0].newChain')
    const unsignedBatch = applyTradeBatchUnchecked(
      batch.before,
      messagesOf(batch).map(unsigned),
      batch.context,
      NO_SIGNATURES,
    )
    assert.equal(
      unsignedBatch.after.books.get(MARKET)!.messageChain,
      messagesOf(batch).reduce((chain, message) => poseidon('CHAIN', [chain, rawWord(messageFields(message))]), before),
    )
  })

  test('refuses a chain that takes in an unused slot', () => {
    const batch = batchOf()
    const { messageChain } = batch.after.books.get(MARKET)!
    const lies = [{ signal: 'AdmitMessage.newChain', value: poseidon('CHAIN', [messageChain, 0n]), at: 3 }]
    refuses(batch, { lies }, 'main.admit[3].newChain')
  })
})

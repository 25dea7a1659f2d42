import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildBabyjub } from 'circomlibjs'
import { DOMAIN, order, PRIVATE_KEY, TRADING_KEY } from '../../lab/instances/model.ts'
import { hashBundle } from '../../protocol/bundle.ts'
import type { LimitOrder } from '../../protocol/message.ts'
import { packMessage } from '../../protocol/message.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { isSignatureValid, isTradingKey, signBundle, tradingKey } from '../../protocol/signature.ts'

const SUBORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n
const { messages } = order(1, 1n)
const [message] = messages as [LimitOrder]
const signed = signBundle([message], DOMAIN, PRIVATE_KEY)

test('a signature holds for its message, domain and key', () => {
  assert.ok(isSignatureValid(signed, DOMAIN, TRADING_KEY))
})

test('a signature holds for no other message, domain or key', () => {
  assert.ok(!isSignatureValid({ ...signed, messages: [{ ...message, nonce: 2n }] }, DOMAIN, TRADING_KEY))
  assert.ok(!isSignatureValid(signed, DOMAIN + 1n, TRADING_KEY))
  assert.ok(!isSignatureValid(signed, DOMAIN, tradingKey(new Uint8Array(32).fill(8))))
})

test('no second form of a signature holds: S + l, coordinates + r, negative S', () => {
  const { R8x, R8y, S } = signed.signature
  for (const signature of [
    { R8x, R8y, S: S + SUBORDER },
    { R8x: R8x + FIELD, R8y, S },
    { R8x, R8y: R8y + FIELD, S },
    { R8x, R8y, S: S - SUBORDER },
  ]) {
    assert.ok(!isSignatureValid({ messages, signature }, DOMAIN, TRADING_KEY))
  }
})

test('a commitment R8 that is not on the curve is refused', () => {
  const { S } = signed.signature
  assert.ok(!isSignatureValid({ messages, signature: { R8x: 1n, R8y: 2n, S } }, DOMAIN, TRADING_KEY))
})

test('a trading key lies on the curve, in the prime-order subgroup, and is not its neutral element', async () => {
  const babyJub = await buildBabyjub()
  const { F } = babyJub
  assert.ok(isTradingKey(TRADING_KEY))
  assert.ok(!isTradingKey({ x: 0n, y: 1n }), 'the neutral element')
  assert.ok(!isTradingKey({ x: 0n, y: FIELD - 1n }), 'the point of order two')
  assert.ok(!isTradingKey({ x: TRADING_KEY.x, y: TRADING_KEY.y + 1n }), 'a point off the curve')
  assert.ok(!isTradingKey({ x: TRADING_KEY.x + FIELD, y: TRADING_KEY.y }), 'a coordinate that is not canonical')
  const minusOne = [F.e(0n), F.e(FIELD - 1n)] as [Uint8Array, Uint8Array]
  const mixed = babyJub.addPoint([F.e(TRADING_KEY.x), F.e(TRADING_KEY.y)], minusOne)
  assert.ok(!isTradingKey({ x: F.toObject(mixed[0]), y: F.toObject(mixed[1]) }), 'a point of composite order')
})

test('what is signed is bound to the domain and the whole word', () => {
  assert.notEqual(hashBundle(messages, 1n), hashBundle(messages, 2n))
  assert.notEqual(packMessage(message), packMessage({ ...message, nonce: 2n }))
})

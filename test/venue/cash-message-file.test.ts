import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { hashCashMessage } from '../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { isSignedBy, tradingKey } from '../../protocol/signature.ts'
import { decodeCashMessage, encodeCashMessage } from '../../venue/index.ts'
import { changed, throughText } from '../support/changed-json.ts'

const KEY = new Uint8Array(32).fill(3)
const DOMAIN = 7n
const MESSAGE = { account: 5, asset: 1, amount: (1n << 80n) - 1n, nonce: (1n << 64n) - 1n, expiry: (1n << 40n) - 1n }
const SIGNED = [
  signCashMessage({ kind: 'WITHDRAW', counterAccount: 0, ...MESSAGE }, DOMAIN, KEY),
  signCashMessage({ kind: 'TRANSFER_OUT', counterAccount: 6, ...MESSAGE }, DOMAIN, KEY),
]

suite('files of signed cash messages', () => {
  test('give the message back, with a signature that is still its account’s', () => {
    for (const signed of SIGNED) {
      const read = decodeCashMessage(throughText(encodeCashMessage(signed, DOMAIN)), DOMAIN)
      assert.deepEqual(read, signed)
      assert.ok(isSignedBy(hashCashMessage(read.message, DOMAIN), read.signature, tradingKey(KEY)))
    }
  })

  test('are refused if they were signed for another venue', () => {
    assert.throws(() => decodeCashMessage(throughText(encodeCashMessage(SIGNED[0]!, DOMAIN)), 8n), {
      code: 'INPUT_INVALID',
      path: 'message.domain',
      message: /is 7, and that of this Settlement 8/,
    })
  })

  test('are refused by the field that is wrong, missing or unknown', () => {
    const json = throughText(encodeCashMessage(SIGNED[0]!, DOMAIN))
    for (const [path, value] of [
      ['version', 2],
      ['domain', `${1n << 248n}`],
      ['kind', 'DEPOSIT'],
      ['account', 1 << 24],
      ['account', '5'],
      ['asset', -1],
      ['counterAccount', undefined],
      ['amount', `${1n << 80n}`],
      ['amount', 5],
      ['nonce', '-1'],
      ['expiry', '01'],
      ['signature.S', `${FIELD}`],
      ['signature', undefined],
    ] as const) {
      assert.throws(() => decodeCashMessage(changed(json, path, value), DOMAIN), {
        code: 'INPUT_INVALID',
        path: `message.${path}`,
      })
    }
    assert.throws(() => decodeCashMessage(changed(json, 'memo', 'hello'), DOMAIN), { code: 'INPUT_INVALID' })
    assert.throws(() => decodeCashMessage(null, DOMAIN), { code: 'INPUT_INVALID' })
  })
})

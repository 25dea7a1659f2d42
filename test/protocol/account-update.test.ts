import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { extremeUpdates } from '../../lab/instances/account-update.ts'
import { type AccountUpdate, packUpdate, type UpdateWords, unpackUpdate } from '../../protocol/account-update.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { arbitraryUpdate } from '../support/arbitraries.ts'

describe('an update of an account', () => {
  it('is market | nonce | cash + 2^80, and size + 2^56 | fundingIndex + 2^64 | openBuy | openSell', () => {
    const position = { size: -3n, fundingIndex: 5n, openBuy: 7n, openSell: 11n }
    assert.deepEqual(packUpdate({ market: 2, nonce: 9n, cash: -1n, position }), [
      (2n << 145n) + (9n << 81n) + (1n << 80n) - 1n,
      (((1n << 56n) - 3n) << 177n) + (((1n << 64n) + 5n) << 112n) + (7n << 56n) + 11n,
    ])
  })

  it('packs to two field elements, below 2^153 and 2^234, and unpacks again, at the ends of every field', () => {
    for (const [what, update] of Object.entries(extremeUpdates())) {
      const [head, position] = packUpdate(update)
      assert.ok(head < 1n << 153n && position < 1n << 234n && 1n << 234n < FIELD, what)
      assert.deepEqual(unpackUpdate([head, position]), update, what)
    }
    const { 'the least of all': least, 'the most of all': most } = extremeUpdates()
    assert.deepEqual(packUpdate(least!), [0n, 0n])
    assert.deepEqual(packUpdate(most!), [(1n << 153n) - 1n, (1n << 234n) - 1n])
  })

  it('is one to one: words unpack to one update, which packs to them; larger words to none', () => {
    const words = fc.tuple(fc.bigInt(0n, (1n << 153n) - 1n), fc.bigInt(0n, (1n << 234n) - 1n))
    const returns = (pair: UpdateWords) => assert.deepEqual(packUpdate(unpackUpdate(pair)!), pair)
    fc.assert(fc.property(words, returns), { seed: 1, numRuns: 300 })
    const packs = (update: AccountUpdate) => assert.deepEqual(unpackUpdate(packUpdate(update)), update)
    fc.assert(fc.property(arbitraryUpdate, packs), { seed: 2, numRuns: 300 })
    for (const pair of [
      [1n << 153n, 0n],
      [0n, 1n << 234n],
      [FIELD - 1n, 0n],
      [0n, FIELD - 1n],
    ] as const) {
      assert.equal(unpackUpdate(pair), undefined)
    }
  })

  it('is refused with a number that no state holds, which the error does not tell', () => {
    const { 'the most of all': most, 'the least of all': least } = extremeUpdates()
    const of = (change: Partial<AccountUpdate['position']>) => ({
      ...most!,
      position: { ...most!.position, ...change },
    })
    const refused: [string, AccountUpdate][] = [
      ['market', { ...most!, market: 256 }],
      ['nonce', { ...most!, nonce: 1n << 64n }],
      ['nonce', { ...most!, nonce: -1n }],
      ['cash', { ...most!, cash: 1n << 80n }],
      ['cash', { ...least!, cash: -(1n << 80n) - 1n }],
      ['size', of({ size: 1n << 56n })],
      ['size', of({ size: -(1n << 56n) - 1n })],
      ['fundingIndex', of({ fundingIndex: 1n << 64n })],
      ['openBuy', of({ openBuy: -1n })],
      ['openSell', of({ openSell: 1n << 56n })],
    ]
    for (const [path, update] of refused) {
      assert.throws(
        () => packUpdate(update),
        (error: Error & { code?: string; path?: string }) => {
          assert.deepEqual([error.code, error.path], ['INPUT_INVALID', path])
          assert.match(error.message, /must be in [[(]/)
          assert.doesNotMatch(error.message, /\d{6}/)
          return true
        },
      )
    }
  })
})

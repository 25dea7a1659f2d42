import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'

const M = 8
const GROUPS = 2
const { evaluate } = await gadget('LightDigestsProbe', [M], {
  market: [],
  digests: [GROUPS],
  oldDigest: [],
  newDigest: [],
})

/** 10 and 11 are the digests of the two groups; that of the market's becomes 20. */
const honest = (market: number) => {
  const oldDigest = market < 4 ? 10n : 11n
  return { market: BigInt(market), digests: [10n, 11n], oldDigest, newDigest: 20n }
}

suite('protocol.md#account-slots: the digests of positions', () => {
  test("the group of the market changes its digest, and no other, and the market's place in it is found", () => {
    for (let market = 0; market < M; market++) {
      const { accepted, signal } = evaluate(honest(market))
      assert.ok(accepted)
      const after = [0, 1].map((g) => signal(`main.newDigests[${g}]`))
      assert.deepEqual(after, market < 4 ? [20n, 11n] : [10n, 20n])
      for (let place = 0; place < 4; place++) {
        assert.equal(signal(`main.place[${place}]`), place === market % 4 ? 1n : 0n)
      }
    }
  })

  test("refuses another digest for the market's group than that of its positions; of the others any will do", () => {
    for (let market = 0; market < M; market++) {
      const input = honest(market)
      const own = market < 4 ? 0 : 1
      assert.ok(!evaluate({ ...input, digests: input.digests.with(own, 12n) }).accepted)
      assert.ok(!evaluate({ ...input, oldDigest: 12n }).accepted)
      assert.ok(!evaluate({ ...input, oldDigest: input.digests[1 - own]! }).accepted)
      assert.ok(evaluate({ ...input, digests: input.digests.with(1 - own, 12n) }).accepted)
    }
  })

  test('refuses any other digests afterwards, and any other place', () => {
    for (const market of [1, 6]) {
      for (const name of ['main.newDigests[0]', 'main.newDigests[1]', 'main.place[0]', 'main.place[3]']) {
        assert.ok(!evaluate(honest(market), { [name]: 5n }).accepted)
      }
    }
  })
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { FIELD } from '../../../protocol/numbers.ts'

const N = 4
const select = await gadget('SelectProbe', [N], { index: [], enabled: [], values: [N] })
const values = [10n, 20n, 40n, 80n]

suite('lib/select', () => {
  test('OneHot accepts exactly the indices there are, and Pick picks', () => {
    for (const index of [0n, 1n, 2n, 3n, 4n, 5n, FIELD - 1n, FIELD - 2n, (FIELD - 1n) / 2n]) {
      const { accepted, signal } = select.evaluate({ index, enabled: 1n, values })
      assert.equal(accepted, index < 4n, `${index}`)
      if (!accepted) continue
      assert.deepEqual(
        [0, 1, 2, 3].map((i) => signal(`hot[${i}]`)),
        [0n, 1n, 2n, 3n].map((i) => (i === index ? 1n : 0n)),
      )
      assert.equal(signal('picked'), values[Number(index)])
    }
  })

  test('OneHot that is not enabled accepts index 0 only and picks 0', () => {
    for (const index of [0n, 1n, 3n, 4n, FIELD - 1n]) {
      const { accepted, signal } = select.evaluate({ index, enabled: 0n, values })
      assert.equal(accepted, index === 0n, `${index}`)
      if (accepted) assert.equal(signal('picked'), 0n)
    }
  })

  test('no vector but the one that the index names is accepted, of all over 0, 1, 2 and r-1', () => {
    const digits = [0n, 1n, 2n, FIELD - 1n]
    for (const enabled of [0n, 1n]) {
      for (let code = 0; code < digits.length ** N; code++) {
        const vector = Array.from(
          { length: N },
          (_, i) => digits[Math.floor(code / digits.length ** i) % digits.length]!,
        )
        const index = vector.reduce((sum, hot, i) => (sum + BigInt(i) * hot) % FIELD, 0n)
        const forged = Object.fromEntries(
          vector.flatMap((hot, i) => {
            const product = (hot * values[i]!) % FIELD
            const pick = names.terms(i)
            return [
              [`oneHot.out[${i}]`, hot],
              [`hot[${i}]`, hot],
              [names.hot(i), hot],
              [pick, product],
            ] as const
          }),
        )
        const picked = vector.reduce((sum, hot, i) => (sum + hot * values[i]!) % FIELD, 0n)
        const outcome = select.evaluate({ index, enabled, values }, { ...forged, [names.out]: picked, picked })
        const ones = vector.filter((hot) => hot === 1n).length
        const legal = vector.every((hot) => hot < 2n) && ones === Number(enabled)
        assert.equal(outcome.accepted, legal, `${vector} ${enabled}`)
      }
    }
  })

  test('Choose chooses', () => {
    assert.equal(select.evaluate({ index: 0n, enabled: 1n, values }).signal('chosen'), 10n)
    assert.equal(select.evaluate({ index: 0n, enabled: 0n, values }).signal('chosen'), 20n)
  })

  test('binds every signal', () => {
    assert.deepEqual(select.freeSignals({ index: 2n, enabled: 1n, values }), [])
    assert.deepEqual(select.freeSignals({ index: 0n, enabled: 0n, values }), [])
  })
})

/** Names inside the anonymous Pick. */
const pickPath = Array.from({ length: 200 }, (_, wire) => select.symbols.names(wire)[0])
  .find((name) => /\.Pick_\w+\.out$/.test(name ?? ''))!
  .replace(/\.out$/, '')
const names = {
  hot: (i: number) => `${pickPath}.hot[${i}]`,
  terms: (i: number) => `${pickPath}.terms[${i}]`,
  out: `${pickPath}.out`,
}

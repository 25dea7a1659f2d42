import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import type { Lie } from '../../../lab/circuits/unchecked.ts'
import { seededRandom } from '../../../lab/pricing/random.ts'
import { FIELD, toField } from '../../../protocol/numbers.ts'
import { YEAR } from '../../../protocol/parameters.ts'
import { deviation, scaledDeviation } from '../../../protocol/risk/black.ts'
import { ONE } from '../../../protocol/risk/fixed-point.ts'
import { isqrt } from '../../../protocol/risk/square-root.ts'

const root = await gadget('RootProbe', [48], { in: [] }, 'pricing.circom')
const deviations = await gadget('DeviationProbe', [24, 40], { volatility: [], seconds: [] }, 'pricing.circom')
const scaled = await gadget('ScaledDeviationProbe', [35], { deviation: [], move: [] }, 'pricing.circom')

suite('SquareRoot', () => {
  test('is the model around squares, and up to the end of its range', () => {
    const random = seededRandom(31)
    const roots = Array.from({ length: 60 }, () => BigInt(Math.floor(2 ** (24 * random()))))
    for (const each of [0n, 1n, 2n, (1n << 24n) - 1n, ...roots]) {
      for (const x of [each * each, each * each + each, each * each + 2n * each]) {
        const { accepted, signal } = root.evaluate({ in: x })
        assert.ok(accepted, `${x}`)
        assert.equal(signal('out'), isqrt(x), `${x}`)
      }
    }
  })

  test('is not there for what is out of range', () => {
    for (const x of [1n << 48n, FIELD - 1n, FIELD - 2n, (FIELD - 1n) / 2n])
      assert.ok(!root.evaluate({ in: x }).accepted, `${x}`)
  })

  test('is no number beyond its width, though its square fits', async () => {
    const liar = await root.lying(['out <-- ROOT_OF(in \\ divisor, n);', 'out <-- ROOT_OF(in \\ divisor, n + 1);'])
    assert.ok(liar.evaluate({ in: (1n << 48n) - 1n }).accepted)
    for (const x of [1n << 48n, (1n << 50n) - 1n]) {
      const { accepted, signal } = liar.evaluate({ in: x })
      assert.equal(signal('out'), isqrt(x))
      assert.ok(!accepted, `${x}`)
    }
  })
})

suite('Deviation', () => {
  test('is the model, the cap included', () => {
    const random = seededRandom(32)
    const some = Array.from({ length: 60 }, () =>
      [2 ** (24 * random()), 2 ** (40 * random())].map(Math.floor).map(BigInt),
    )
    const edges = [0n, 1n, 1_000_000n, 2_000_000n, 3_999_999n, 4_000_000n, (1n << 24n) - 1n].flatMap((volatility) =>
      [0n, 1n, 16n * YEAR - 1n, 16n * YEAR, YEAR, 4n * YEAR, 4n * YEAR + 1n, (1n << 40n) - 1n].map((t) => [
        volatility,
        t,
      ]),
    )
    for (const [volatility, seconds] of [...edges, ...some] as [bigint, bigint][]) {
      const { accepted, signal } = deviations.evaluate({ volatility, seconds })
      assert.ok(accepted, `${volatility}, ${seconds}`)
      assert.equal(signal('out'), deviation(volatility, seconds), `${volatility}, ${seconds}`)
    }
  })
})

suite('ScaledDeviation', () => {
  test('is the model for every move of less than all', () => {
    for (const each of [0n, 1n, 2n, 999_999n, ONE, 123_456_789_012n % (4n * ONE), 4n * ONE]) {
      for (const move of [-999_999n, -500_000n, -1n, 0n, 1n, 333_333n, 999_999n]) {
        const { accepted, signal } = scaled.evaluate({ deviation: each, move: toField(move) })
        assert.ok(accepted, `${each}, ${move}`)
        assert.equal(signal('out'), scaledDeviation(each, move), `${each}, ${move}`)
      }
    }
  })
})

suite('a scaled deviation beyond its width', () => {
  test('is not there, while the largest is', () => {
    const most = (1n << 35n) - 1n
    assert.ok(scaled.evaluate({ deviation: most, move: 0n }).accepted)
    for (const move of [1n, 1_000n, 999_999n])
      assert.ok(!scaled.evaluate({ deviation: most, move }).accepted, `${move}`)
  })
})

suite('a prover who lies', () => {
  const roots = [0n, 1n, 2n, 3n, 4n, 80n, 81n, (1n << 48n) - 1n].map((x) => ({ in: x }))
  const moves = [0n, 1n, 7n, ONE, 4n * ONE].flatMap((each) => [
    { deviation: each, move: 0n },
    { deviation: each, move: 333_333n },
  ])
  const times = [0n, 1n, YEAR, 20n * YEAR].flatMap((seconds) =>
    [0n, 1n, 4_000_000n].map((volatility) => ({ volatility, seconds })),
  )

  for (const by of ['+ 1', '- 1', '+ (1 << 60)']) {
    test(`finds no root that is wrong by ${by}`, async () => {
      const lie: Lie = ['out <-- ROOT_OF(in \\ divisor, n);', `out <-- ROOT_OF(in \\ divisor, n) ${by};`]
      const [liar, other] = [await root.lying(lie), await deviations.lying(lie)]
      for (const input of roots) assert.ok(!liar.evaluate(input).accepted, `${input.in}`)
      for (const input of times) assert.ok(!other.evaluate(input).accepted, `${input.volatility}, ${input.seconds}`)
    })

    test(`finds no scaled deviation that is wrong by ${by}`, async () => {
      const liar = await scaled.lying(['out <-- product \\ PPM();', `out <-- product \\ PPM() ${by};`])
      for (const input of moves) assert.ok(!liar.evaluate(input).accepted, `${input.deviation}, ${input.move}`)
    })
  }

  test('finds no scaled deviation by division in the field', async () => {
    const liar = await scaled.lying(['out <-- product \\ PPM();', 'out <-- product / PPM();'])
    const { accepted, signal } = liar.evaluate({ deviation: ONE, move: 0n })
    assert.ok(accepted && signal('out') === ONE) // where it divides
    assert.ok(!liar.evaluate({ deviation: ONE, move: 1n }).accepted)
  })
})

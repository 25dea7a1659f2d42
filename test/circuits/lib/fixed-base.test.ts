import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { squareRoot } from '../../../audit/field.ts'
import { topWindowCurves, windowCurves } from '../../../circuits/lib/circom-signature.ts'
import {
  fixedBaseWindows,
  type MontgomeryPoint,
  toMontgomery,
  WINDOWS,
  windowsOf,
} from '../../../circuits/lib/fixed-base-windows.ts'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { timesBase } from '../../../lab/instances/raw-signature.ts'
import { SUBGROUP_ORDER as L } from '../../../protocol/crypto/baby-jubjub.ts'
import { reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { Random } from '../../../protocol/random.ts'

const fixed = await gadget('FixedBaseProbe', [], { window: [WINDOWS + 1, 2] }, 'signature.circom')

const negated = ([u, v]: MontgomeryPoint): MontgomeryPoint => [u, FIELD - v]

/** Whether window i takes the point. */
function accepts(i: number, point: MontgomeryPoint): boolean {
  const { broken } = fixed.evaluate({ window: windowsOf(1n).with(i, point) })
  const own = i === WINDOWS ? /^main\.window\[\d+\]\[[01]\]( |$)|\.top\./ : new RegExp(`\\.member\\[${i}\\]\\.`)
  return !broken.some((signals) => own.test(signals))
}

const random = new Random(5n)
const scalars = [
  ...[1n, 2n, 3n, 7n, 8n, 9n, L - 1n, L - 2n, L - 8n, L / 2n, L / 2n + 1n],
  ...[249n, 250n].flatMap((k) => [-2n, -1n, 0n, 1n, 2n].flatMap((d) => [(1n << k) + d, L - (1n << k) + d])),
  ...Array.from({ length: 12 }, () => BigInt(`0x${Buffer.from(random.bytes(31)).toString('hex')}`)),
]

/** The integers that the points of a window may stand for. */
function multiplesOf(i: number): bigint[] {
  if (i === WINDOWS) return [1n << 249n, (1n << 249n) + 1n]
  return [1n, 3n, 5n, 7n].map((odd) => odd * 8n ** BigInt(i))
}

suite('lib/fixed-base', () => {
  test('the windows hold the multiples that they are said to', () => {
    const windows = fixedBaseWindows()
    assert.equal(windows.length, WINDOWS + 1)
    for (const i of [0, 1, 2, 50, WINDOWS - 1, WINDOWS]) {
      assert.deepEqual(
        windows[i],
        multiplesOf(i).map((multiple) => toMontgomery(timesBase(multiple))),
      )
    }
  })

  test('a window takes each of its points with either sign, and no other', () => {
    for (const i of [0, 1, 41, WINDOWS - 1, WINDOWS]) {
      const points = fixedBaseWindows()[i]!
      for (const point of points) assert.ok(accepts(i, point) && accepts(i, negated(point)))
      const others = fixedBaseWindows()[i === 0 ? 1 : i - 1]!
      const foreign = points.flatMap(([u, v], k): MontgomeryPoint[] => {
        const [otherU, otherV] = points[(k + 1) % points.length]!
        return [
          ...[1n, 2n, FIELD - 1n].flatMap((d): MontgomeryPoint[] => [
            [(u + d) % FIELD, v],
            [u, (v + d) % FIELD],
          ]),
          ...[[u, otherV] as const, [otherU, v] as const, [u, 0n] as const, [0n, v] as const, [v, u] as const],
        ]
      })
      for (const point of [...foreign, ...others, [0n, 0n] as const]) assert.ok(!accepts(i, point), `${i}: ${point}`)
    }
  })

  test('the sum is the multiple of the base, at every edge of what windows spell', () => {
    for (const scalar of scalars) {
      const { accepted, signal } = fixed.evaluate({ window: windowsOf(scalar) })
      assert.ok(accepted, `${scalar}`)
      assert.deepEqual([signal('out[0]'), signal('out[1]')], toMontgomery(timesBase(scalar)), `${scalar}`)
    }
  })

  test('whatever points a prover chooses, the sum is that of the integers that they stand for', () => {
    for (let round = 0; round < 8; round++) {
      let sum = 0n
      const window = fixedBaseWindows().map((points, i) => {
        const k = Number(random.between(0n, BigInt(points.length - 1)))
        const isNegative = random.between(0n, 1n) === 1n
        sum += isNegative ? -multiplesOf(i)[k]! : multiplesOf(i)[k]!
        return isNegative ? negated(points[k]!) : points[k]!
      })
      const { accepted, signal } = fixed.evaluate({ window })
      assert.ok(accepted)
      assert.deepEqual([signal('out[0]'), signal('out[1]')], toMontgomery(timesBase(((sum % L) + L) % L)))
    }
  })

  test('a window takes no other point of the curve through its points', () => {
    const [, , , , a, ...c] = windowCurves(fixedBaseWindows()[40]!) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      ...bigint[],
    ]
    const [, , d, d1] = topWindowCurves(fixedBaseWindows()[WINDOWS]!) as [bigint, bigint, bigint, bigint]
    const curves = [
      [40, (u: bigint) => (u * u + a * u) ** 2n + c[0]! + c[1]! * u + c[2]! * u * u],
      [WINDOWS, (u: bigint) => d + d1 * u],
    ] as const
    for (const [i, curve] of curves) {
      const points = [2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n].flatMap((u): MontgomeryPoint[] => {
        const v = squareRoot(reduce(curve(u)))
        return v === undefined ? [] : [[u, v]]
      })
      assert.ok(points.length > 0)
      for (const point of points) {
        const { broken } = fixed.evaluate({ window: windowsOf(1n).with(i, point) })
        assert.equal(broken.length, 1)
      }
    }
  })

  test('a point of no window passes if its square is not its square, and only that is refused', () => {
    const i = 40
    const [sum, product, , , a, c, c1, c2] = windowCurves(fixedBaseWindows()[i]!)
    let found = 0
    for (let u = 2n; found < 3; u++) {
      // on the first quadric, as a point of the window would be, with a square of the prover's choice
      const square = reduce(sum! * u - product!)
      const v = squareRoot(reduce((square + a! * u) ** 2n + c! + c1! * u + c2! * square))
      if (v === undefined) continue
      found++
      const { broken } = fixed.evaluate(
        { window: windowsOf(1n).with(i, [u, v]) },
        { [`fixed.member[${i}].square`]: square },
      )
      assert.equal(broken.length, 1)
      assert.match(broken[0]!, /square/)
    }
  })

  test('no signal is free beside the points', () => {
    assert.deepEqual(fixed.freeSignals({ window: windowsOf(123456789n) }), [])
  })

  test('what is added is neither equal nor opposite: the sum before window i is below 8^i in size, the order beyond both', () => {
    let most = 0n
    for (let i = 0; i <= WINDOWS; i++) {
      const multiples = multiplesOf(i)
      assert.ok(most < multiples[0]!, `window ${i}`)
      assert.ok(most + multiples.at(-1)! < L, `window ${i}`)
      most += multiples.at(-1)!
    }
    assert.equal(most, 1n << 250n)
  })
})

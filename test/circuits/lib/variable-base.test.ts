import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { toMontgomery } from '../../../circuits/lib/fixed-base-windows.ts'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { describeRows, tellObservers } from '../../../lab/circuits/harness.ts'
import { wireOf } from '../../../lab/circuits/named-system.ts'
import { laboratoryOf } from '../../../lab/dishonesty/laboratory.ts'
import { smallOrderPoint, timesBase } from '../../../lab/instances/raw-signature.ts'
import { SUBGROUP_ORDER as L } from '../../../protocol/crypto/baby-jubjub.ts'
import {
  CHALLENGE_DIGITS,
  isProvableChallenge,
  LEAST_TOP,
  MOST_TOP,
  CHALLENGE_OFFSET as OFFSET,
} from '../../../protocol/crypto/challenge.ts'
import { divide, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { Random } from '../../../protocol/random.ts'

const times = await gadget('TimesChallengeProbe', [], { h: [], key: [2] }, 'signature.circom')
const doubleAdd = await gadget('DoubleAddProbe', [], { p: [2], q: [2] }, 'signature.circom')

const SECRET = 987654321n
const key = toMontgomery(timesBase(SECRET))
const evaluate = (h: bigint, point = key) => times.evaluate({ h, key: point })
const random = new Random(9n)
const elements = Array.from({ length: 12 }, () => reduce(BigInt(`0x${Buffer.from(random.bytes(32)).toString('hex')}`)))

/** The challenge whose digits spell this number. */
const challengeOf = (number: bigint) => number - OFFSET
const least = challengeOf(LEAST_TOP << 190n)
const most = challengeOf(((MOST_TOP + 1n) << 190n) - 1n)

/** Challenges for which the multiple after that many digits, the two fixed ones included, is 0 modulo the order. */
function exceptional(digits: number): bigint[] {
  const found: bigint[] = []
  // the least multiple after that many digits, and how far apart they are
  const [before, after] = [BigInt(Math.min(digits, CHALLENGE_DIGITS)), digits - CHALLENGE_DIGITS]
  const fixed = after === 2 ? 1n : after === 1 ? 1n : 0n
  const scale = after > 0 ? 2n ** BigInt(after) : 1n
  for (let multiple = L; multiple < scale << (before + 2n); multiple += L) {
    if ((multiple - fixed) % scale !== 0n) continue
    const own = (multiple - fixed) / scale
    const number = (own - (1n << (before + 1n)) - 1n) / 2n
    if (own % 2n === 0n || number < 0n || number >> before > 0n) continue
    const rest = BigInt(CHALLENGE_DIGITS) - before
    // whatever follows: zeros, ones and zeros in turn, ones
    for (const low of [0n, (1n << rest) / 3n, (1n << rest) - 1n]) found.push(challengeOf((number << rest) + low))
  }
  return found.filter((h) => h >= least && h <= most)
}

suite('lib/variable-base: the multiple by a challenge', () => {
  test('is 8 h times the key, for any challenge and key', () => {
    const keys = [1n, 2n, 3n, L - 1n, L - 2n, (L + 1n) / 2n, SECRET]
    for (const [i, h] of [...elements, 1n << 200n, FIELD / 2n, L + 1n, 5n * L - 1n, least, most].entries()) {
      const secret = keys[i % keys.length]!
      const { accepted, signal } = evaluate(h, toMontgomery(timesBase(secret)))
      assert.ok(accepted && isProvableChallenge(h), `${h}`)
      const expected = toMontgomery(timesBase((8n * h * secret) % L))
      assert.deepEqual([signal('out[0]'), signal('out[1]')], expected, `${h}`)
    }
  })

  test('has no proof next to the ends of the field, nor where it is the neutral element; the model knows them', () => {
    for (const h of [0n, 1n, least - 1n, most + 1n, FIELD - 1n, L, 2n * L, 7n * L]) {
      assert.ok(!evaluate(h).accepted, `${h}`)
      assert.ok(!isProvableChallenge(h), `${h}`)
    }
    // less than one in 2^62 of all
    assert.ok((FIELD - (most - least + 1n)) << 62n < FIELD)
  })

  test('has no proof where a multiple on the way is the neutral element; the model knows all of them', () => {
    let count = 0
    for (let digits = 0; digits < 249; digits++) assert.deepEqual(exceptional(digits), [])
    for (let digits = 249; digits <= CHALLENGE_DIGITS + 2; digits++) {
      const challenges = exceptional(digits)
      count += challenges.length
      for (const h of challenges) assert.ok(!isProvableChallenge(h), `${digits}`)
      for (const h of challenges.slice(0, 3)) {
        assert.ok(!evaluate(h).accepted, `${digits}`)
        // the digits on either side are as good as any
        const near = [h + (1n << 8n), h - (1n << 8n)].filter(isProvableChallenge)
        assert.ok(near.length > 0 && near.every((other) => evaluate(other).accepted), `${digits}`)
      }
    }
    assert.ok(count > 15, `${count}`)
  })

  test('leaves no signal free but quotients of 0 by 0', () => {
    const free = times.freeSignals({ h: elements[0]!, key })
    for (const name of free) assert.match(name, /^main\.times\.(below|above)\.quotient\[\d+\]$/)
  })
})

suite('lib/variable-base: a dishonest prover', async () => {
  const { traced, prover } = await laboratoryOf('TimesChallengeProbe')
  const { system } = traced
  const digits = Array.from({ length: CHALLENGE_DIGITS }, (_, k) => wireOf(system, `times.digit[${k}]`))

  /** What follows honestly from h, but for some signals. */
  function lie(h: bigint, point: readonly [bigint, bigint], told: ReadonlyMap<number, bigint>) {
    const inputs = new Map([
      [wireOf(system, 'h'), h],
      [wireOf(system, 'key[0]'), point[0]],
      [wireOf(system, 'key[1]'), point[1]],
    ])
    const { values, broken } = prover.advance(prover.assign(inputs), told)
    tellObservers(system.r1cs, (wire) => values[wire]!, broken, traced.name)
    return { out: values[wireOf(system, 'out[0]')]!, broken: describeRows(system, broken) }
  }
  const spelling = (number: bigint) =>
    new Map(digits.map((wire, k) => [wire, (number >> BigInt(k)) & 1n ? key[1] : reduce(-key[1])]))

  test('cannot take h + r or h - r for h: the digits that spell it are refused by the comparison alone', () => {
    const small = elements.map((h) => h % (1n << 250n))
    for (const h of small.slice(0, 3)) {
      const number = h + FIELD + OFFSET
      assert.ok(number < 1n << BigInt(CHALLENGE_DIGITS))
      const { out, broken } = lie(h, key, spelling(number))
      assert.equal(out, toMontgomery(timesBase((8n * (h + FIELD) * SECRET) % L))[0])
      assert.ok(broken.length > 0 && broken.every((signals) => /\.below\.quotient/.test(signals)), broken.join('\n'))
    }
    for (const h of [FIELD - 3n, FIELD - (1n << 200n)]) {
      const { broken } = lie(h, key, spelling(h - FIELD + OFFSET))
      assert.ok(broken.length > 0 && broken.every((signals) => /\.above\.quotient/.test(signals)), broken.join('\n'))
    }
  })

  test('cannot spell another number, nor use a digit that is no unit', () => {
    const [h] = elements as [bigint]
    const other = lie(h, key, spelling(h + OFFSET + (1n << 100n))).broken
    assert.equal(other.length, 1)
    assert.match(other[0]!, /main\.times\.h/)
    for (const value of [0n, 2n * key[1], 1n]) {
      const { broken } = lie(h, key, new Map([[digits[100]!, reduce(value)]]))
      assert.ok(
        broken.some((signals) => /digit\[100\] main\.times\.square|square main\.times\.digit\[100\]/.test(signals)),
      )
    }
  })

  test('cannot use digits of other sizes that add up, nor choose a slope', () => {
    const [h] = elements as [bigint]
    const at = (k: number) => (((h + OFFSET) >> BigInt(k)) & 1n ? key[1] : reduce(-key[1]))
    const told = [
      [digits[100]!, reduce(at(100) + 14n)],
      [digits[101]!, reduce(at(101) - 7n)],
    ] as const
    const sizes = lie(h, key, new Map(told)).broken
    assert.equal(sizes.length, 2)
    for (const signals of sizes) assert.match(signals, /main\.times\.square/)
    for (const slope of ['toQ', 'toSum']) {
      const { broken } = lie(h, key, new Map([[wireOf(system, `times.step[100].${slope}`), 77n]]))
      assert.equal(broken.length, 1)
      assert.ok(broken[0]!.includes(`main.times.step[100].${slope}`))
    }
  })

  test('cannot take digits of another unit: then they would spell any number, and only the unit is refused', () => {
    const [h] = elements as [bigint]
    const all = (1n << BigInt(CHALLENGE_DIGITS)) - 1n
    for (const number of [h + OFFSET + 1n, (1n << 253n) + 12345n]) {
      const unit = divide(key[1] * (2n * (h + OFFSET) - all), 2n * number - all)
      const told = new Map(digits.map((wire, k) => [wire, (number >> BigInt(k)) & 1n ? unit : reduce(-unit)]))
      told.set(wireOf(system, 'times.square'), reduce(unit * unit))
      const { broken } = lie(h, key, told)
      assert.equal(broken.length, 1)
      assert.match(broken[0]!, /main\.times\.square/)
    }
  })

  test('cannot go on from the neutral element: no slope has a result there', () => {
    for (const digits of [249, 252, CHALLENGE_DIGITS, CHALLENGE_DIGITS + 1, CHALLENGE_DIGITS + 2]) {
      const [h] = exceptional(digits) as [bigint]
      const step = `times.step[${digits - 1}]`
      for (const slope of [1n, 1234567n]) {
        const { broken } = lie(h, key, new Map([[wireOf(system, `${step}.toSum`), slope]]))
        const own = broken.filter((signals) => signals.includes(`main.${step}.toSum`))
        assert.ok(own.length > 0, `${digits}`)
      }
    }
  })

  test('with a key of order 4 gets what they want: only the keys of accounts keep such a one out', () => {
    const weak = toMontgomery(smallOrderPoint(4))
    // 3 times the key is minus the key, and so is the first digit's point
    const h = elements.find((one) => (one + OFFSET) >> BigInt(CHALLENGE_DIGITS - 1) === 0n)!
    const outcomes = [5n, 77n].map((slope) => lie(h, weak, new Map([[wireOf(system, 'times.step[0].toQ'), slope]])))
    for (const { broken } of outcomes) assert.deepEqual(broken, [])
    assert.notEqual(outcomes[0]!.out, outcomes[1]!.out)
  })
})

suite('lib/variable-base: 2 p + q', () => {
  const point = (multiple: bigint) => toMontgomery(timesBase(((multiple % L) + L) % L))

  test('is that sum for any multiples of a point that are neither equal nor opposite', () => {
    for (const [p, q] of [
      [3n, 1n],
      [3n, -1n],
      [5n, 9n],
      [L - 3n, 2n],
      [1n << 250n, 77n],
    ] as const) {
      const { accepted, signal } = doubleAdd.evaluate({ p: point(p), q: point(q) })
      assert.ok(accepted)
      assert.deepEqual([signal('out[0]'), signal('out[1]')], point(2n * p + q))
      assert.deepEqual(doubleAdd.freeSignals({ p: point(p), q: point(q) }), [])
    }
  })

  test('has no result for opposite points, nor where it is the neutral element', () => {
    for (const [p, q] of [
      [5n, -5n],
      [5n, -10n],
    ] as const) {
      const input = { p: point(p), q: point(q) }
      for (const slope of [0n, 1n, FIELD - 1n]) {
        assert.ok(!doubleAdd.evaluate(input, { 'doubleAdd.toQ': slope }).accepted)
        assert.ok(!doubleAdd.evaluate(input, { 'doubleAdd.toSum': slope }).accepted)
      }
    }
  })

  test('has no slope of its own for equal points, which never meet', () => {
    for (const slope of [0n, 1n, 77n]) {
      const { broken } = doubleAdd.evaluate({ p: point(5n), q: point(5n) }, { 'doubleAdd.toQ': slope })
      assert.ok(!broken.some((signals) => signals.includes('main.doubleAdd.q[1]')))
    }
    // 2 m + 1 or 2 m - 1 is 1 or -1 modulo the order only if m is 0, 1 or -1, and the first m is 3
    for (const m of [2n, 3n, L - 2n, (L + 1n) / 2n, (L - 1n) / 2n, L / 4n]) {
      for (const sign of [1n, -1n]) assert.ok(![1n, L - 1n].includes((2n * m + sign + L) % L))
    }
  })
})

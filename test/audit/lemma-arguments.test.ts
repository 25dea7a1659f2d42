import assert from 'node:assert/strict'
import { checkPrimeSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { squareRoot } from '../../audit/field.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { windowsOf } from '../../circuits/lib/fixed-base-windows.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { signatureInput, signWith, smallOrderPoint, timesBase } from '../../lab/instances/raw-signature.ts'
import { SUBGROUP_ORDER as L } from '../../protocol/crypto/baby-jubjub.ts'
import { divide, power, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { Random } from '../../protocol/random.ts'
import { freeNear } from '../support/free-near.ts'
import { lemmaGadget } from '../support/lemma-gadgets.ts'

const A = 168700n
const D = 168696n
const isSquare = (x: bigint) => power(reduce(x), (FIELD - 1n) / 2n) === 1n
const bits = (value: bigint, n: number) => Array.from({ length: n }, (_, i) => (value >> BigInt(i)) & 1n)
const add = (p: { x: bigint; y: bigint }, q: { x: bigint; y: bigint }) => {
  const t = D * p.x * q.x * p.y * q.y
  return { x: divide(p.x * q.y + p.y * q.x, 1n + t), y: divide(p.y * q.y - A * p.x * q.x, 1n - t) }
}
const isOnCurve = (x: bigint, y: bigint) => reduce(A * x * x + y * y - 1n - D * x * x * y * y) === 0n

async function freeSignals(wrapper: string, input: CircuitInput): Promise<string[]> {
  const { r1cs, symbols, expectPass } = await lemmaGadget(wrapper)
  const { from, to } = inputWires(r1cs)
  const inputs = Array.from({ length: to - from }, (_, i) => from + i)
  return freeNear(r1cs, expectPass(input), inputs).map((wire) => symbols.names(wire)[0]!.slice('main.gadget.'.length))
}

describe('what the lemmas are argued with', () => {
  it('the curve: 168700 is a square, 168696 and their product are not, the subgroup has a prime order', () => {
    assert.ok(isSquare(A))
    assert.ok(!isSquare(D))
    assert.ok(!isSquare(A * D))
    assert.ok(checkPrimeSync(L))
    const base = timesBase(1n)
    assert.ok(isOnCurve(base.x, base.y))
    assert.deepEqual(timesBase(L), { x: 0n, y: 1n })
    // 8 L is the only multiple of L and of 8 that Hasse allows for the number of points: |8 L - (r + 1)| <= 2 sqrt(r).
    assert.ok((8n * L - FIELD - 1n) ** 2n <= 4n * FIELD && (8n * L) ** 2n > 16n * FIELD)
  })

  it('multiples of a fixed base: what is added stays apart, below the order, at every window', () => {
    assert.ok(L * 100n > 302n << 249n)
    for (const windows of [83, 2]) {
      const last = 2n * 8n ** BigInt(windows)
      // The constant that is taken away at the end: (1 + 8 + .. ) G + 8^(i+1) G, at last + 2 * 8^windows G.
      let constant = 1n
      for (let i = 0; i < windows; i++) {
        const next = i < windows - 1 ? 8n ** BigInt(i + 1) : last
        assert.ok(constant < next && next < L && constant + next < L, `constant, window ${i}`)
        constant += next
      }
      // The accumulator, from its least to its most, against the window's multiple of 1 to 8.
      let [least, most] = [last, last]
      for (let i = 0; i < windows; i++) {
        const unit = 8n ** BigInt(i)
        assert.ok(least - 8n * unit > 0n && most - unit < L, `window ${i}`)
        least += unit
        most += 8n * unit
      }
    }
  })

  it('multiples of any base: a doubled point never meets an odd multiple below it', () => {
    // c P + 2^(i+1) P with odd c < 2^(i+1), at most 147 doublings in a segment: neither sum nor difference is 0 modulo L.
    assert.ok(2n ** 148n < L)
    for (const n of [148n, 106n]) {
      let most = 1n
      for (let i = 0n; i < n - 1n; i++) {
        assert.ok(most < 2n ** (i + 1n) && most + 2n ** (i + 1n) < L)
        most += 2n ** (i + 1n)
      }
    }
  })

  it('additions have one result whatever is added: no quotient is 0 / 0, on the curve or not', () => {
    const random = new Random(7n)
    const element = () => reduce(BigInt(`0x${Buffer.from(random.bytes(40)).toString('hex')}`))
    const special = [0n, 1n, FIELD - 1n, 2n, squareRoot(A)!, reduce(-squareRoot(A)!), divide(1n, squareRoot(A)!)]
    const check = (x1: bigint, y1: bigint, x2: bigint, y2: bigint) => {
      const [beta, gamma] = [x1 * y2, y1 * x2]
      const delta = (y1 - A * x1) * (x2 + y2)
      const t = D * beta * gamma
      assert.ok(reduce(1n + t) !== 0n || reduce(beta + gamma) !== 0n)
      assert.ok(reduce(1n - t) !== 0n || reduce(delta + A * beta - gamma) !== 0n)
    }
    for (const x1 of special)
      for (const y1 of special) for (const x2 of special) for (const y2 of special) check(x1, y1, x2, y2)
    let vanished = 0
    for (let i = 0; i < 300; i++) {
      const [x1, y1, x2] = [element(), element(), element()]
      check(x1, y1, x2, element())
      // A y2 at which one of the two divisors vanishes.
      const sign = random.pick([1n, -1n])
      const y2 = divide(sign, D * x1 * y1 * x2)
      if (reduce(1n - sign * D * x1 * y1 * x2 * y2) === 0n) vanished++
      check(x1, y1, x2, y2)
    }
    assert.equal(vanished, 300)
  })

  it('bits are those of a number below the field prime exactly if AliasCheck takes them', async () => {
    const { witness } = await lemmaGadget('OfAliasCheck')
    const top = (1n << 254n) - 1n
    const random = new Random(3n)
    for (const value of [0n, 1n, FIELD - 2n, FIELD - 1n]) assert.ok(witness({ in: bits(value, 254) }), `${value}`)
    for (const value of [FIELD, FIELD + 1n, FIELD + (1n << 128n), top])
      assert.ok(!witness({ in: bits(value, 254) }), `${value}`)
    for (let i = 0; i < 100; i++) {
      // Equal to the prime above some bit, another one there, anything below.
      const at = random.between(0n, 253n)
      const low = BigInt(`0x${Buffer.from(random.bytes(32)).toString('hex')}`) & ((1n << at) - 1n)
      const value = ((((FIELD >> at) ^ 1n) << at) | low) & top
      assert.equal(witness({ in: bits(value, 254) }) !== undefined, value < FIELD, `${value}`)
    }
  })

  it('a mux of points takes the one that the bits name', async () => {
    for (const k of [2, 3, 4]) {
      const c = [0n, 1n].map((i) => Array.from({ length: 1 << k }, (_, at) => 1000n * i + BigInt(at) ** 2n + 7n))
      const { expectPass, symbols } = await lemmaGadget(`OfMultiMux${k}`)
      for (let at = 0; at < 1 << k; at++) {
        const witness = expectPass({ c, s: bits(BigInt(at), k) })
        const out = [0, 1].map((i) => witness[symbols.wireOf(`main.gadget.out[${i}]`)!])
        assert.deepEqual(out, [c[0]![at], c[1]![at]])
      }
    }
  })

  it('nothing is free in a multiple of the fixed base, whatever the scalar', async () => {
    for (const scalar of [0n, 1n, L - 1n, L, L + 1n, (1n << 253n) - 1n, 1n << 252n, (1n << 249n) - 1n]) {
      assert.deepEqual(await freeSignals('OfEscalarMulFix', { e: bits(scalar, 253) }), [], `${scalar}`)
    }
    // The one end of a segment at which two opposite points meet: no witness, so nothing that could be free.
    const opposite = L - 2n * 8n ** 83n - (8n ** 83n - 1n) / 7n
    assert.ok(opposite > 0n && opposite < 1n << 249n)
    const { witness } = await lemmaGadget('OfEscalarMulFix')
    assert.equal(witness({ e: bits(opposite, 253) }), undefined)
  })

  it('nothing but the inverse of a zero test is free in a multiple of any point of the subgroup, or of (0, 0)', async () => {
    const zero = ['zeropoint.inv']
    const scalars = [0n, 1n, 2n, L, (1n << 254n) - 1n, 1n << 253n, 1n << 147n, 1n << 148n]
    const points = [
      { point: timesBase(1n), free: [] },
      { point: timesBase(L - 1n), free: [] },
      { point: timesBase(123456789n), free: [] },
      { point: { x: 0n, y: 1n }, free: zero },
      { point: { x: 0n, y: 0n }, free: zero },
    ]
    for (const { point, free } of points) {
      for (const scalar of scalars) {
        const input = { e: bits(scalar, 254), p: [point.x, point.y] }
        assert.deepEqual(await freeSignals('OfEscalarMulAny', input), free, `${scalar} * (${point.x}, ${point.y})`)
      }
    }
  })

  it('nothing but inverses of zero tests is free in a signature check of any key on the curve, or of (0, 0)', async () => {
    const generic = timesBase(987654321n)
    const keys = {
      'of the subgroup': generic,
      'the identity': smallOrderPoint(1),
      'of order 2': smallOrderPoint(2),
      'of order 4': smallOrderPoint(4),
      'of order 8': smallOrderPoint(8),
      'of order 8 times the subgroup': add(generic, smallOrderPoint(8)),
      'none at all': { x: 0n, y: 0n },
    }
    const hints = new Set(['isZero.inv', 'mulAny.zeropoint.inv', 'eqCheckX.isz.inv', 'eqCheckY.isz.inv'])
    const nonces = [timesBase(5n), { x: 0n, y: 1n }, smallOrderPoint(8)]
    for (const [i, [what, key]] of Object.entries(keys).entries()) {
      const S = [0n, 1n, L - 1n, L, (1n << 253n) - 1n][i % 5]!
      const { x, y } = nonces[i % nonces.length]!
      const input = { enabled: 0n, Ax: key.x, Ay: key.y, S, R8x: x, R8y: y, M: 42n }
      const free = await freeSignals('OfEdDSAPoseidonVerifier', input)
      assert.deepEqual(
        free.filter((name) => !hints.has(name)),
        [],
        `a key ${what}`,
      )
    }
  })

  it('nothing but quotients of 0 by 0 is free in our signature check, at the edges of scalars and keys', async () => {
    const secrets = [1n, 2n, L - 1n, 987654321n]
    for (const [i, nonce] of [0n, 1n, L - 1n, 5n].entries()) {
      for (const enabled of [1n, 0n]) {
        const input = signatureInput(signWith(nonce, secrets[i]!, 42n), enabled)
        const free = await freeSignals('OfAssertSignature', input)
        for (const name of free) assert.match(name, /^times\.(below|above)\.quotient\[\d+\]$/)
      }
    }
    for (const S of [1n, 2n, L - 1n, L / 2n, 1n << 250n, (1n << 249n) + 1n]) {
      const input = { ...signatureInput(signWith(5n, 7n, 42n), 0n), window: windowsOf(S) }
      const free = await freeSignals('OfAssertSignature', input)
      for (const name of free) assert.match(name, /^times\.(below|above)\.quotient\[\d+\]$/, `${S}`)
    }
  })

  it('nothing but inverses is free in an option, whatever is asked', async () => {
    const most = (1n << 48n) - 1n
    for (const [high, low, distance, deviation] of [
      [most, 1n, (1n << 114n) - 1n, (1n << 35n) - 1n],
      [most, 1n, (1n << 114n) - 1n, 1n],
      [7n, 7n, 0n, 0n],
      [7n, 7n, 1n, 0n],
      [1n, most, 1n << 100n, 1n << 34n], // the wrong way round: the value is below 0
      [0n, 0n, 0n, 5n],
    ] as const) {
      const free = await freeSignals('OfOutOfTheMoney', { high, low, distance, deviation })
      for (const name of free) assert.match(name, /\.(inv|inverse)$/)
    }
  })

  it('nothing is free in roots, deviations and logarithms, at the ends of their ranges', async () => {
    for (const x of [1n, 2n, 3n, 1n << 47n, (1n << 48n) - 1n]) {
      assert.deepEqual(await freeSignals('OfLogarithm', { in: x }), [])
      assert.deepEqual(await freeSignals('OfSquareRoot', { in: x }), [])
    }
    for (const seconds of [0n, 1n, (1n << 40n) - 1n]) {
      for (const volatility of [0n, 1n, (1n << 24n) - 1n]) {
        assert.deepEqual(await freeSignals('OfDeviation', { volatility, seconds }), [])
      }
    }
  })
})

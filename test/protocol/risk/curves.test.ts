import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { exactLogarithm, exactNormal, UNIT_BITS } from '../../../lab/pricing/exact-black.ts'
import { seededRandom } from '../../../lab/pricing/random.ts'
import { LOGARITHM, TAIL } from '../../../protocol/risk/coefficients.ts'
import { type CurveLayout, LOGARITHM_LAYOUT, polynomial, TAIL_LAYOUT } from '../../../protocol/risk/fixed-point.ts'
import { FINE_BITS, FINE_LN_2, fineLogarithm } from '../../../protocol/risk/logarithm.ts'
import { chanceAbove, DEVIATE_BITS, LAST_DEVIATE, PROBABILITY_BITS } from '../../../protocol/risk/normal.ts'

type Pieces = readonly (readonly bigint[])[]

/**
 * Numbers between which the slope of a piece lies, whatever t: the coefficients of its derivative in Bernstein's basis, which
 * are weighted means' ends; times 6, so that they are whole.
 */
function slopes(piece: readonly bigint[], { offsetBits }: CurveLayout): bigint[] {
  const derivative = piece.slice(1).map((c, k) => (BigInt(k + 1) * c) << BigInt(offsetBits * k))
  const n = derivative.length - 1
  return derivative.map((_, i) => {
    const terms = derivative.slice(0, i + 1).map((a, j) => (6n * BigInt(choose(i, j)) * a) / BigInt(choose(n, j)))
    return terms.reduce((sum, term) => sum + term)
  })
}

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k
}

function end(piece: readonly bigint[], { offsetBits }: CurveLayout): bigint {
  return polynomial(piece, 1n << BigInt(offsetBits))
}

function endsWhereTheNextBegins(pieces: Pieces, layout: CurveLayout): void {
  for (const [i, piece] of pieces.slice(0, -1).entries()) assert.equal(end(piece, layout), pieces[i + 1]![0], `${i}`)
}

suite('the logarithm', () => {
  test('has pieces that each end, to the integer, where the next begins, the last one at ln 2', () => {
    assert.equal(LOGARITHM.length, 64)
    assert.equal(LOGARITHM[0]![0], 0n)
    endsWhereTheNextBegins(LOGARITHM, LOGARITHM_LAYOUT)
    assert.equal(end(LOGARITHM.at(-1)!, LOGARITHM_LAYOUT), FINE_LN_2)
    const exact = exactLogarithm(2n, 1n) >> (UNIT_BITS - BigInt(FINE_BITS))
    assert.ok(FINE_LN_2 - exact < 1n << 26n && exact - FINE_LN_2 < 1n << 26n)
  })

  test('rises throughout every piece: so it is monotone on all of [1, 2^48)', () => {
    for (const piece of LOGARITHM) for (const slope of slopes(piece, LOGARITHM_LAYOUT)) assert.ok(slope > 0n)
  })

  test('is monotone wherever a piece or a power of 2 ends', () => {
    for (let exponent = 0n; exponent < 48n; exponent++) {
      for (let piece = 0n; piece < 64n; piece++) {
        const x = ((64n + piece) << exponent) >> 6n
        for (const at of [x - 1n, x, x + 1n]) {
          if (at >= 2n) assert.ok(fineLogarithm(at) >= fineLogarithm(at - 1n), `${at}`)
        }
      }
    }
  })

  test('is right to 2^-31', () => {
    const random = seededRandom(1)
    const points = Array.from({ length: 3_000 }, () => BigInt(Math.floor(2 ** (48 * random()))))
    for (const x of [1n, 2n, 3n, (1n << 48n) - 1n, 1n << 47n, (1n << 47n) - 1n, ...points]) {
      const error = (fineLogarithm(x) << (UNIT_BITS - BigInt(FINE_BITS))) - exactLogarithm(x, 1n)
      assert.ok(error < 1n << (UNIT_BITS - 31n) && -error < 1n << (UNIT_BITS - 31n), `ln ${x}`)
    }
  })

  test('refuses what has none', () => {
    for (const x of [0n, -1n, 1n << 48n]) assert.throws(() => fineLogarithm(x), { code: 'INPUT_INVALID' })
  })
})

suite('the normal distribution', () => {
  test('has pieces that each end, to the integer, where the next begins, from one half to below 2^-50 at 8', () => {
    assert.equal(TAIL.length, 64)
    assert.equal(TAIL[0]![0], 1n << BigInt(PROBABILITY_BITS - 1))
    endsWhereTheNextBegins(TAIL, TAIL_LAYOUT)
    const last = end(TAIL.at(-1)!, TAIL_LAYOUT)
    assert.ok(last > 0n && last < 1n << BigInt(PROBABILITY_BITS - 50))
  })

  test('falls throughout every piece of its tail: so it stays in (0, 1)', () => {
    for (const piece of TAIL) for (const slope of slopes(piece, TAIL_LAYOUT)) assert.ok(slope < 0n)
  })

  test('is right to 2^-29', () => {
    const random = seededRandom(2)
    const points = Array.from({ length: 3_000 }, () => BigInt(Math.floor((random() * 18 - 9) * 2 ** DEVIATE_BITS)))
    for (const u of [0n, 1n, -1n, LAST_DEVIATE - 1n, LAST_DEVIATE, -LAST_DEVIATE, 2n * LAST_DEVIATE, ...points]) {
      const chance = chanceAbove(u)
      const error =
        (chance << (UNIT_BITS - BigInt(PROBABILITY_BITS))) - exactNormal(-u << (UNIT_BITS - BigInt(DEVIATE_BITS)))
      assert.ok(error < 1n << (UNIT_BITS - 29n) && -error < 1n << (UNIT_BITS - 29n), `above ${u}`)
      assert.equal(chance + chanceAbove(-u), 1n << BigInt(PROBABILITY_BITS))
    }
  })
})

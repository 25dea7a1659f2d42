import { invert, power as powerOf, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { combine } from '../pairing.ts'
import type { KzgKeyOf } from './key.ts'
import { challenge, type Reduction } from './openings.ts'
import type { FflonkProof } from './proof.ts'
import { publicPart } from './public-part.ts'

/** A polynomial that is opened at several points: its values there, and all that interpolating it at y takes. */
interface Interpolation {
  /** The interpolated value at y. */
  readonly value: bigint
  /** The product of y - point. */
  readonly vanishing: bigint
  /** What the Lagrange polynomials at y are divided by. */
  readonly denominators: readonly bigint[]
}

/**
 * FFLONK's verifier up to its pairing (https://eprint.iacr.org/2021/1167), with the transcript of snarkjs. C0 holds the eight
 * polynomials of the key, C1 the wires and the gates' quotient, C2 Z and its two quotients, each part of C0 being
 * multiplied by another power of X, so that their values at xi are those of C0 at the eighth roots of xi; and so on.
 * Undefined if a divisor is 0.
 */
export function reduceFflonk(
  { power, points: { C0 }, scalars: key }: KzgKeyOf<'fflonk'>,
  { points: p, evaluations: e }: FflonkProof,
  signals: readonly bigint[],
): Reduction | undefined {
  const beta = challenge(C0, ...signals, p.C1)
  const gamma = challenge(beta)
  const seed = challenge(gamma, p.C2)
  const alpha = challenge(
    ...[seed, e.ql, e.qr, e.qm, e.qo, e.qc, e.s1, e.s2, e.s3],
    ...[e.a, e.b, e.c, e.z, e.zw, e.t1w, e.t2w],
  )
  const y = challenge(alpha, p.W1)
  const xi = powerOf(seed, 24n)
  const domain = publicPart(signals, xi, power)
  if (domain === undefined) return undefined
  const { zeroes, first, publicSum } = domain
  const overZeroes = invert(zeroes)

  const gates = reduce(e.ql * e.a + e.qr * e.b + e.qm * reduce(e.a * e.b) + e.qo * e.c + e.qc + publicSum)
  const product = (...factors: bigint[]) => factors.reduce((all, factor) => reduce(all * reduce(factor)), 1n)
  const ownWires = [e.a + beta * xi, e.b + beta * key.k1 * xi, e.c + beta * key.k2 * xi].map((x) => x + gamma)
  const permuted = [e.a + beta * e.s1, e.b + beta * e.s2, e.c + beta * e.s3].map((x) => x + gamma)
  const t1 = product(e.z - 1n, first, overZeroes)
  const t2 = product(product(...ownWires, e.z) - product(...permuted, e.zw), overZeroes)

  const cubeRoots = (root: bigint) => rootsFrom(root, key.w3, 3)
  const h2 = powerOf(seed, 8n)
  const inC0 = [e.ql, e.qr, e.qo, e.qm, e.qc, e.s1, e.s2, e.s3]
  const inC1 = [e.a, e.b, e.c, reduce(gates * overZeroes)]
  const parts = [
    rootsFrom(powerOf(seed, 3n), key.w8, 8).map((root) => [root, evaluate(inC0, root)] as const),
    rootsFrom(powerOf(seed, 6n), key.w4, 4).map((root) => [root, evaluate(inC1, root)] as const),
    [
      ...cubeRoots(h2).map((root) => [root, evaluate([e.z, t1, t2], root)] as const),
      ...cubeRoots(reduce(h2 * key.wr)).map((root) => [root, evaluate([e.zw, e.t1w, e.t2w], root)] as const),
    ],
  ]
  if (parts.flat().some(([root]) => root === y)) return undefined
  const [r0, r1, r2] = parts.map((values) => interpolate(values, y)) as [Interpolation, Interpolation, Interpolation]
  const divisors = product(
    ...[zeroes, r1.vanishing, r2.vanishing],
    ...[r0, r1, r2].flatMap(({ denominators }) => denominators),
    ...domain.denominators,
  )
  if (divisors === 0n) return undefined

  const q1 = product(alpha, r0.vanishing, invert(r1.vanishing))
  const q2 = product(alpha, alpha, r0.vanishing, invert(r2.vanishing))
  const commitment = combine([
    [1n, C0],
    [q1, p.C1],
    [q2, p.C2],
    [reduce(-r0.vanishing), p.W1],
  ])
  const value = reduce(r0.value + q1 * r1.value + q2 * r2.value)
  return { openings: [{ commitment, value, at: y, witness: p.W2 }], weight: 1n, inverse: invert(divisors) }
}

/** root, root * w, root * w^2, ... */
function rootsFrom(root: bigint, w: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => reduce(root * powerOf(w, BigInt(i))))
}

/** c0 + c1 x + c2 x^2 + ... */
function evaluate(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((sum, coefficient) => (sum * x + coefficient) % FIELD, 0n)
}

/** The polynomial of least degree through the points, at y. Lagrange: each value times V(y) / (V'(point) (y - point)). */
function interpolate(values: readonly (readonly [point: bigint, value: bigint])[], y: bigint): Interpolation {
  const vanishing = values.reduce((all, [point]) => reduce(all * (y - point)), 1n)
  const denominators = values.map(([point]) =>
    values.reduce((all, [other]) => (other === point ? all : reduce(all * (point - other))), reduce(y - point)),
  )
  const value = values.reduce((sum, [, value], i) => sum + reduce(value * vanishing) * invert(denominators[i]!), 0n)
  return { value: reduce(value), vanishing, denominators }
}

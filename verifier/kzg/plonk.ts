import { power as powerOf, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { combine } from '../pairing.ts'
import type { KzgKeyOf } from './key.ts'
import { challenge, type Reduction } from './openings.ts'
import type { PlonkProof } from './proof.ts'
import { publicPart } from './public-part.ts'

/**
 * PLONK's verifier up to its pairing (https://eprint.iacr.org/2019/953, section 8.3), with the transcript of snarkjs: the
 * linearised identity opened at xi together with the wires and S1, S2, and Z at xi * w. Undefined if xi is in the domain.
 */
export function reducePlonk(
  { power, points: key, scalars: { k1, k2, w } }: KzgKeyOf<'plonk'>,
  { points: p, evaluations: e }: PlonkProof,
  signals: readonly bigint[],
): Reduction | undefined {
  const selectors = [key.Qm, key.Ql, key.Qr, key.Qo, key.Qc, key.S1, key.S2, key.S3]
  const beta = challenge(...selectors, ...signals, p.A, p.B, p.C)
  const gamma = challenge(beta)
  const alpha = challenge(beta, gamma, p.Z)
  const xi = challenge(alpha, p.T1, p.T2, p.T3)
  const { eval_a: a, eval_b: b, eval_c: c, eval_s1: s1, eval_s2: s2, eval_zw: zw } = e
  const v = challenge(xi, a, b, c, s1, s2, zw)
  const domain = publicPart(signals, xi, power)
  if (domain === undefined) return undefined
  const { zeroes, first, publicSum } = domain

  const ownWires = [a + beta * xi, b + beta * k1 * xi, c + beta * k2 * xi].map((x) => reduce(x + gamma))
  const permuted = [a + beta * s1, b + beta * s2].map((x) => reduce(x + gamma))
  const startsAtOne = reduce(first * alpha * alpha)
  const copied = reduce(alpha * reduce(permuted[0]! * permuted[1]!))
  const constant = reduce(publicSum - startsAtOne - copied * reduce((c + gamma) * zw))
  const quotient = (power: bigint) => reduce(-zeroes * powerOf(zeroes + 1n, power))
  const identity = combine([
    [reduce(a * b), key.Qm],
    [a, key.Ql],
    [b, key.Qr],
    [c, key.Qo],
    [1n, key.Qc],
    [reduce(alpha * reduce(ownWires[0]! * ownWires[1]!) * ownWires[2]! + startsAtOne), p.Z],
    [reduce(-copied * reduce(beta * zw)), key.S3],
    [quotient(0n), p.T1],
    [quotient(1n), p.T2],
    [quotient(2n), p.T3],
  ])
  const opened = [
    [p.A, a],
    [p.B, b],
    [p.C, c],
    [key.S1, s1],
    [key.S2, s2],
  ] as const
  const weights = opened.map((_, i) => powerOf(v, BigInt(i + 1)))
  const commitment = combine([[1n, identity], ...opened.map(([point], i) => [weights[i]!, point] as const)])
  const value = opened.reduce((sum, [, value], i) => sum + weights[i]! * value, -constant)
  return {
    openings: [
      { commitment, value: reduce(value), at: xi, witness: p.Wxi },
      { commitment: p.Z, value: zw, at: (xi * w) % FIELD, witness: p.Wxiw },
    ],
    weight: challenge(p.Wxi, p.Wxiw),
  }
}

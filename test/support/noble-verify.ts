import { bn254 } from '@noble/curves/bn254.js'
import type { Groth16Proof } from '../../verifier/index.ts'

/** Projective coordinates as snarkjs's JSON holds them. */
type G1Text = readonly string[]
type G2Text = readonly (readonly string[])[]

/** A verification key in snarkjs's JSON form, as far as it is used here. */
export interface VkeyJson {
  vk_alpha_1: G1Text
  vk_beta_2: G2Text
  vk_gamma_2: G2Text
  vk_delta_2: G2Text
  IC: readonly G1Text[]
}

export const NobleG1 = bn254.G1.Point
export const NobleG2 = bn254.G2.Point

export function nobleG1([x, y]: readonly (string | bigint)[]) {
  return NobleG1.fromAffine({ x: BigInt(x!), y: BigInt(y!) })
}

export function nobleG2([x, y]: readonly (readonly (string | bigint)[])[]) {
  const fq2 = ([c0, c1]: readonly (string | bigint)[]) => ({ c0: BigInt(c0!), c1: BigInt(c1!) })
  return NobleG2.fromAffine({ x: fq2(x!), y: fq2(y!) })
}

/** IC_0 + sum of signal_i IC_i. */
export function nobleInputPoint(vkey: VkeyJson, publicSignals: readonly bigint[]) {
  const [constant, ...points] = vkey.IC.map(nobleG1)
  return points.reduce((sum, point, index) => sum.add(point.multiplyUnsafe(publicSignals[index]!)), constant!)
}

/** Groth16's equation over an implementation of the pairing that shares no code with snarkjs. */
export function verifyWithNoble(vkey: VkeyJson, proof: Groth16Proof, publicSignals: readonly bigint[]): boolean {
  const points = [nobleG1(proof.a), nobleG1(proof.c), nobleG2(proof.b)]
  for (const point of points) point.assertValidity()
  const product = bn254.pairingBatch([
    { g1: nobleG1(proof.a).negate(), g2: nobleG2(proof.b) },
    { g1: nobleG1(vkey.vk_alpha_1), g2: nobleG2(vkey.vk_beta_2) },
    { g1: nobleInputPoint(vkey, publicSignals), g2: nobleG2(vkey.vk_gamma_2) },
    { g1: nobleG1(proof.c), g2: nobleG2(vkey.vk_delta_2) },
  ])
  return bn254.fields.Fp12.eql(product, bn254.fields.Fp12.ONE)
}

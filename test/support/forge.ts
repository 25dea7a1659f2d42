import type { Groth16Proof } from '../../verifier/index.ts'
import { NobleG1, nobleG1, nobleG2, nobleInputPoint, type VkeyJson } from './noble-verify.ts'

function affineG1(point: ReturnType<typeof nobleG1>) {
  const { x, y } = point.toAffine()
  return [x, y] as const
}

function affineG2(point: ReturnType<typeof nobleG2>) {
  const { x, y } = point.toAffine()
  return [
    [x.c0, x.c1],
    [y.c0, y.c1],
  ] as const
}

/**
 * A proof of any statement, without a witness, under a key whose gamma and delta are equal: a = alpha, b = beta and
 * c = -(IC_0 + ...) solve the equation. If delta = -gamma, c is the sum itself.
 */
export function forgeProof(vkey: VkeyJson, publicSignals: readonly bigint[], sign: 1 | -1 = 1): Groth16Proof {
  const sum = nobleInputPoint(vkey, publicSignals)
  return {
    a: affineG1(nobleG1(vkey.vk_alpha_1)),
    b: affineG2(nobleG2(vkey.vk_beta_2)),
    c: affineG1(sign === 1 ? sum.negate() : sum),
  }
}

/** The same proof under beta = delta: a = IC_0 + ..., b = gamma, c = -alpha. */
export function forgeProofByBeta(vkey: VkeyJson, publicSignals: readonly bigint[]): Groth16Proof {
  return {
    a: affineG1(nobleInputPoint(vkey, publicSignals)),
    b: affineG2(nobleG2(vkey.vk_gamma_2)),
    c: affineG1(nobleG1(vkey.vk_alpha_1).negate()),
  }
}

/** Another valid proof of the same statement: (a / k, k b, c). Proofs are malleable; statements are not. */
export function rerandomize(proof: Groth16Proof, k = 3n): Groth16Proof {
  const inverse = NobleG1.Fn.inv(k)
  return {
    a: affineG1(nobleG1(proof.a).multiply(inverse)),
    b: affineG2(nobleG2(proof.b).multiply(k)),
    c: proof.c,
  }
}

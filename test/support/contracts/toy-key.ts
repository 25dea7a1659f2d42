import { bn254 } from '@noble/curves/bn254.js'
import { id } from 'ethers'
import type { VerifierKey } from '../../../deployer/verifier-key.ts'
import type { Groth16Proof } from '../../../verifier/proof.ts'
import { NobleG1, NobleG2, nobleInputPoint } from '../noble-verify.ts'

const { Fr } = bn254.fields

/** The scalars behind a verification key, which nobody may know in production: with them any statement can be "proved". */
interface ToxicWaste {
  readonly alpha: bigint
  readonly beta: bigint
  readonly gamma: bigint
  readonly delta: bigint
}

/** A non-zero scalar that depends on nothing but its name. */
function scalar(name: string): bigint {
  return (BigInt(id(name)) % (Fr.ORDER - 1n)) + 1n
}

/** A key for a circuit's statements, made from scalars instead of a circuit, with the waste it was made from. */
export function toyKey(definition: VerifierKey['definition'], given: Partial<ToxicWaste> = {}) {
  const name = definition.name
  const toxicWaste: ToxicWaste = {
    alpha: scalar(`${name} alpha`),
    beta: scalar(`${name} beta`),
    gamma: scalar(`${name} gamma`),
    delta: scalar(`${name} delta`),
    ...given,
  }
  const verificationKey = {
    protocol: 'groth16',
    curve: 'bn128',
    nPublic: definition.publicSignals.length,
    vk_alpha_1: g1(toxicWaste.alpha),
    vk_beta_2: g2(toxicWaste.beta),
    vk_gamma_2: g2(toxicWaste.gamma),
    vk_delta_2: g2(toxicWaste.delta),
    IC: ['one', ...definition.publicSignals].map((signal) => g1(scalar(`${name} IC ${signal}`))),
  }
  return { definition, verificationKey, toxicWaste, digest: '00'.repeat(32), setup: 'dev' as const }
}

export type ToyKey = ReturnType<typeof toyKey>

/**
 * A valid proof of any statement, true or false: Groth16's simulator. A and B are free, and C is solved from the equation
 * a * b = alpha * beta + gamma * x + delta * c, where only the point x * G1 need be known.
 */
export function simulateProof({ verificationKey, toxicWaste }: ToyKey, signals: readonly bigint[]): Groth16Proof {
  const { alpha, beta, gamma, delta } = toxicWaste
  const [a, b] = [scalar('proof a'), scalar('proof b')]
  const fixed = NobleG1.BASE.multiply(Fr.sub(Fr.mul(a, b), Fr.mul(alpha, beta)))
  const c = fixed.subtract(nobleInputPoint(verificationKey, signals).multiply(gamma)).multiply(Fr.inv(delta)).toAffine()
  const [A, B] = [NobleG1.BASE.multiply(a).toAffine(), NobleG2.BASE.multiply(b).toAffine()]
  return {
    a: [A.x, A.y],
    b: [
      [B.x.c0, B.x.c1],
      [B.y.c0, B.y.c1],
    ],
    c: [c.x, c.y],
  }
}

function g1(factor: bigint): string[] {
  const { x, y } = NobleG1.BASE.multiply(factor).toAffine()
  return [x, y, 1n].map(String)
}

function g2(factor: bigint): string[][] {
  const { x, y } = NobleG2.BASE.multiply(factor).toAffine()
  return [
    [x.c0, x.c1],
    [y.c0, y.c1],
    [1n, 0n],
  ].map((pair) => pair.map(String))
}

import { keyCurve } from './curve.ts'
import { POINT_BYTES } from './fixed-base.ts'
import type { HeaderPoints } from './zkey-writer.ts'

type G1Json = readonly string[]
type G2Json = readonly (readonly string[])[]

/** A Groth16 verification key as snarkjs writes it: projective coordinates in decimal. */
export interface VerificationKeyJson {
  protocol: 'groth16'
  curve: 'bn128'
  nPublic: number
  vk_alpha_1: G1Json
  vk_beta_2: G2Json
  vk_gamma_2: G2Json
  vk_delta_2: G2Json
  vk_alphabeta_12: readonly G2Json[]
  IC: readonly G1Json[]
}

/** The verification key that belongs to the points of a proving key. */
export async function verificationKey(
  points: Pick<HeaderPoints, 'alpha1' | 'beta2' | 'gamma2' | 'delta2'> & { readonly ic: Uint8Array },
  nPublic: number,
): Promise<VerificationKeyJson> {
  const curve = await keyCurve()
  const { G1, G2, Gt } = curve
  const ic = Array.from({ length: nPublic + 1 }, (_, index) =>
    points.ic.slice(index * POINT_BYTES.g1, (index + 1) * POINT_BYTES.g1),
  )
  return decimal({
    protocol: 'groth16',
    curve: 'bn128',
    nPublic,
    vk_alpha_1: G1.toObject(points.alpha1),
    vk_beta_2: G2.toObject(points.beta2),
    vk_gamma_2: G2.toObject(points.gamma2),
    vk_delta_2: G2.toObject(points.delta2),
    vk_alphabeta_12: Gt.toObject(curve.pairing(points.alpha1, points.beta2)),
    IC: ic.map((point) => G1.toObject(point)),
  }) as VerificationKeyJson
}

function decimal(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(decimal)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, decimal(entry)]))
}

import { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import { parseJson, RepeatedKeyError } from '../protocol/json.ts'
import { G2_GENERATOR, toG2 } from './curve.ts'
import { guessableSecrets } from './guessable-keys.ts'
import { curveSchema, g1Schema, g2Schema, parseWith, withTwoCoordinates } from './json.ts'
import { isOfPoint, type KeyFault, type KeyPoints, keyFaults } from './key-faults.ts'
import { readSolidityKey } from './solidity-key.ts'

export interface KeyAudit {
  /** What the key was written by, or is like. */
  readonly format: string
  readonly publicSignals: number
  readonly faults: readonly KeyFault[]
}

export interface KeyAuditOptions {
  /** Secrets of phase 2 that everybody knows, such as those of dev keys. */
  readonly publicDeltas?: readonly bigint[] | undefined
}

/** As many as any verifier has; a loop over them ends soon. */
const MOST_POINTS = 100_001

const g1 = withTwoCoordinates(g1Schema, '1')
const g2 = withTwoCoordinates(g2Schema, ['1', '0'])
const jsonSchema = z.object({
  protocol: z.literal('groth16').optional(),
  curve: curveSchema,
  nPublic: z.int().nonnegative().optional(),
  vk_alpha_1: g1,
  vk_beta_2: g2,
  vk_gamma_2: g2,
  vk_delta_2: g2,
  IC: z.array(g1).min(1).max(MOST_POINTS),
})

/**
 * Vets anybody's Groth16 key over BN254 by itself: snarkjs's JSON, or the Solidity source of a generated verifier. Finds what
 * lets anybody forge proofs whatever the circuit is; finds nothing of the circuit, nor of who keeps the secrets of an
 * honest-looking set-up. Throws INPUT_INVALID for what is no such key, ARTIFACT_CORRUPT for JSON of one that is malformed.
 */
export async function auditKey(text: string, { publicDeltas = [] }: KeyAuditOptions = {}): Promise<KeyAudit> {
  const { format, key } = /^\s*\{/.test(text) ? readJsonKey(text) : readSolidityKey(text)
  const faults = keyFaults(key)
  const rest = faults.some(isOfPoint) ? [] : [...guessableSecrets(key), ...knownDeltas(key, publicDeltas)]
  return { format, publicSignals: key.ic.length - 1, faults: [...faults, ...rest] }
}

function knownDeltas({ delta }: KeyPoints, known: readonly bigint[]): KeyFault[] {
  const given = toG2(delta!)
  // Contracts may hold it negated.
  const isGiven = (point: typeof given) => point.equals(given) || point.equals(given.negate())
  if (!known.some((secret) => isGiven(toG2(G2_GENERATOR).multiply(secret)))) return []
  const message = 'delta is that of a dev key, whose secrets are public: anybody can forge proofs'
  return [{ code: 'DEV_KEY', points: ['delta'], message }]
}

function readJsonKey(text: string): { format: string; key: KeyPoints } {
  let json: unknown
  try {
    json = parseJson(text)
  } catch (error) {
    if (error instanceof RepeatedKeyError)
      throw new ZkclearError('INPUT_INVALID', `${error.message}; readers differ in which they believe`)
    throw new ZkclearError('INPUT_INVALID', 'is neither JSON nor the source of a Solidity verifier')
  }
  const { protocol } = Object(json) as { protocol?: unknown }
  if (protocol !== undefined && protocol !== 'groth16') {
    const given = JSON.stringify(protocol)?.slice(0, 40)
    throw new ZkclearError('INPUT_INVALID', `is a key of ${given}; only Groth16 keys are vetted by themselves`)
  }
  const { vk_alpha_1, vk_beta_2, vk_gamma_2, vk_delta_2, IC, nPublic } = parseWith(
    jsonSchema,
    json,
    'ARTIFACT_CORRUPT',
    'verification key',
  )
  if (nPublic !== undefined && IC.length !== nPublic + 1) {
    const message = `nPublic is ${nPublic}, but IC has ${IC.length} points`
    throw new ZkclearError('ARTIFACT_CORRUPT', message, { path: 'verification key.IC' })
  }
  return {
    format: 'snarkjs, JSON',
    key: { alpha: vk_alpha_1, beta: vk_beta_2, gamma: vk_gamma_2, delta: vk_delta_2, ic: IC },
  }
}

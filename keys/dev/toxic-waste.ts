import { createHash } from 'node:crypto'
import { ZkclearError } from '../../protocol/errors.ts'
import { power } from '../../protocol/field.ts'
import { assertCanonical, FIELD } from '../../protocol/numbers.ts'

/**
 * The secrets of a Groth16 set-up. Whoever knows them proves anything; for dev keys everybody does.
 * gamma is always 1, as in every key that snarkjs makes.
 */
export interface ToxicWaste {
  readonly tau: bigint
  readonly alpha: bigint
  readonly beta: bigint
  readonly delta: bigint
}

/**
 * The secrets that a seed stands for. Each is SHA-512("zkclear/dev-key/v1/" + name + "/" + seed + "/" + counter), read as
 * a big-endian integer, mod r, with the first counter (from 0) that gives neither 0 nor 1.
 */
export function deriveToxicWaste(seed: string): ToxicWaste {
  const secret = (name: string): bigint => {
    for (let counter = 0; ; counter++) {
      const digest = createHash('sha512').update(`zkclear/dev-key/v1/${name}/${seed}/${counter}`).digest('hex')
      const value = BigInt(`0x${digest}`) % FIELD
      if (value > 1n) return value
    }
  }
  return { tau: secret('tau'), alpha: secret('alpha'), beta: secret('beta'), delta: secret('delta') }
}

/**
 * Throws INPUT_INVALID unless every secret is canonical and not 0, and tau lies outside the evaluation domain of
 * `2 * domainSize` points, where the Lagrange polynomials could not be evaluated.
 */
export function checkToxicWaste(waste: ToxicWaste, domainSize: number): void {
  for (const name of ['tau', 'alpha', 'beta', 'delta'] as const) {
    if (assertCanonical(waste[name], name) === 0n) {
      throw new ZkclearError('INPUT_INVALID', 'must not be 0', { path: name })
    }
  }
  if (power(waste.tau, BigInt(2 * domainSize)) === 1n) {
    throw new ZkclearError('INPUT_INVALID', `must not be a root of unity of order ${2 * domainSize}`, { path: 'tau' })
  }
}

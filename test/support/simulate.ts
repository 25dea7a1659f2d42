import { createHash } from 'node:crypto'
import type { ToxicWaste } from '../../keys/dev/toxic-waste.ts'
import type { Groth16Proof } from '../../verifier/proof.ts'
import { NobleG1, NobleG2, nobleInputPoint, type VkeyJson } from './noble-verify.ts'

/**
 * An accepting proof of ANY public signals, true or false, without a witness: Groth16's simulator, for whoever knows the
 * secrets of the key. With X = IC_0 + sum of signal_i * IC_i and gamma = 1, the verifier wants
 * a*b = alpha*beta + x + delta*c; a and b are chosen freely and C = ((a*b - alpha*beta) * G1 - X) / delta.
 *
 * For dev keys `secrets` is `deriveToxicWaste(seed)`, seed by default DEFAULT_DEV_SEED (keys/dev/toxic-waste.ts), and
 * `vkey` the parsed vkey.json. The same `salt` gives the same proof; another one, another proof of the same statement.
 * Lets contract tests settle arbitrary statements in milliseconds, without proving.
 */
export function simulateProof(
  vkey: VkeyJson,
  secrets: Pick<ToxicWaste, 'alpha' | 'beta' | 'delta'>,
  publicSignals: readonly bigint[],
  salt = '',
): Groth16Proof {
  if (publicSignals.length !== vkey.IC.length - 1) throw new RangeError(`the key takes ${vkey.IC.length - 1} signals`)
  const { Fn } = NobleG1
  const scalar = (name: string) => {
    const digest = createHash('sha512').update(`${name}/${salt}/${publicSignals.join()}`).digest('hex')
    return Fn.create(BigInt(`0x${digest}`))
  }
  const [a, b] = [scalar('a'), scalar('b')]
  const rest = Fn.sub(Fn.mul(a, b), Fn.mul(secrets.alpha, secrets.beta))
  const c = NobleG1.BASE.multiplyUnsafe(rest)
    .subtract(nobleInputPoint(vkey, publicSignals))
    .multiplyUnsafe(Fn.inv(secrets.delta))
  const [A, B, C] = [NobleG1.BASE.multiply(a).toAffine(), NobleG2.BASE.multiply(b).toAffine(), c.toAffine()]
  return {
    a: [A.x, A.y],
    b: [
      [B.x.c0, B.x.c1],
      [B.y.c0, B.y.c1],
    ],
    c: [C.x, C.y],
  }
}

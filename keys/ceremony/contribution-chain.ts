import { createHash, type Hash } from 'node:crypto'
import type { CurveBytes } from '../dev/curve-types.ts'
import { ChaChaStream } from './chacha-stream.ts'
import type { Contribution } from './contributions.ts'
import type { CeremonyCurve } from './curve.ts'
import type { KeyFile } from './key-file.ts'

/** BLAKE2b-512 of a contribution's public key: the hash that its contributor publishes, the same as snarkjs prints. */
export function contributionHash(curve: CeremonyCurve, contribution: Contribution): string {
  return hashContribution(curve, createHash('blake2b512'), contribution).digest('hex')
}

/**
 * Checks the contributions of a key from the generator to its delta: that each builds on all before it, that whoever made it
 * knew its secret, that it changed delta by exactly that secret, and that a beacon is the one it names. Returns what is
 * wrong, or undefined.
 */
export async function contributionFault(curve: CeremonyCurve, key: KeyFile): Promise<string | undefined> {
  const { G1, G2 } = curve
  const transcript = createHash('blake2b512').update(key.circuitHash)
  let delta: CurveBytes = G1.toAffine(G1.g)
  for (const [index, contribution] of key.contributions.entries()) {
    const { deltaAfter, g1s, g1sx, g2spx } = contribution
    const number = `contribution ${index + 1}`
    if (![deltaAfter, g1s, g1sx].every((point) => !G1.isZero(point) && G1.isValid(point))) {
      return `${number} has a point that is not in G1`
    }
    if (G2.isZero(g2spx) || !G2.isValid(g2spx) || !G2.isZero(G2.timesScalar(g2spx, curve.r))) {
      return `${number} has a point that is not in G2`
    }
    const expected = hashG1(curve, hashG1(curve, transcript.copy(), g1s), g1sx).digest()
    if (!expected.equals(contribution.transcript)) return `${number} does not build on the ones before it`
    const base = G2.fromRng(new ChaChaStream(expected.subarray(0, 32)))
    if (!(await sameRatio(curve, g1s, g1sx, base, g2spx))) return `${number} does not prove that its secret was known`
    if (!(await sameRatio(curve, delta, deltaAfter, base, g2spx))) return `${number} did not change delta by its secret`
    if (G1.eq(delta, deltaAfter)) return `${number} left delta as it was`
    if (contribution.beacon && !isBeaconKey(curve, contribution)) return `${number} is not of the beacon that it names`
    hashContribution(curve, transcript, contribution)
    delta = deltaAfter
  }
  if (!G1.eq(delta, key.delta1)) return 'delta in G1 is not that of the last contribution'
  if (G2.isZero(key.delta2) || !G2.isValid(key.delta2) || !G2.isZero(G2.timesScalar(key.delta2, curve.r))) {
    return 'delta is not in G2'
  }
  if (!(await sameRatio(curve, G1.g, delta, G2.g, key.delta2))) return 'delta in G2 is not delta in G1'
  return undefined
}

/** Whether b = x a and d = x c for one x, by e(a, d) = e(b, c). */
export function sameRatio(
  curve: CeremonyCurve,
  a: CurveBytes,
  b: CurveBytes,
  c: CurveBytes,
  d: CurveBytes,
): Promise<boolean> {
  return curve.pairingEq(a, d, curve.G1.neg(b), c)
}

/** A beacon's secret and base are drawn from its value, hashed 2^exponent times with SHA-256. */
function isBeaconKey({ G1, Fr }: CeremonyCurve, { beacon, g1s, g1sx }: Contribution): boolean {
  let seed: Buffer = Buffer.from(beacon!.value, 'hex')
  for (let left = 2 ** beacon!.iterationsExponent; left > 0; left--) seed = createHash('sha256').update(seed).digest()
  const random = new ChaChaStream(seed)
  const secret = Fr.fromRng(random)
  const base = G1.fromRng(random)
  return G1.eq(base, g1s) && G1.eq(G1.timesFr(base, secret), g1sx)
}

function hashContribution(
  curve: CeremonyCurve,
  hash: Hash,
  { deltaAfter, g1s, g1sx, g2spx, transcript }: Contribution,
) {
  for (const point of [deltaAfter, g1s, g1sx]) hashG1(curve, hash, point)
  const bytes = new Uint8Array(128)
  curve.G2.toRprUncompressed(bytes, 0, g2spx)
  return hash.update(bytes).update(transcript)
}

function hashG1({ G1 }: CeremonyCurve, hash: Hash, point: CurveBytes): Hash {
  const bytes = new Uint8Array(64)
  G1.toRprUncompressed(bytes, 0, point)
  return hash.update(bytes)
}

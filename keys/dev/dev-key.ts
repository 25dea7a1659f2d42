import { createHash } from 'node:crypto'
import { open, rm, writeFile } from 'node:fs/promises'
import { toBytes } from '../../circom/field-bytes.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import type { Progress } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { invert } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { keyCurve } from './curve.ts'
import { oddLagrangeAt } from './lagrange.ts'
import { Multiplier } from './multiply.ts'
import { domainLog, evaluateQap } from './qap.ts'
import { checkToxicWaste, deriveToxicWaste, type ToxicWaste } from './toxic-waste.ts'
import { type VerificationKeyJson, verificationKey } from './vkey.ts'
import { type KeyPoints, writeZkey } from './zkey-writer.ts'

export interface DevKeyOptions {
  r1cs: R1cs
  /** A seed, from which the secrets are derived; or, for tests, the secrets themselves. */
  secrets: string | ToxicWaste
  /** Path of the .zkey file to write. */
  zkey: string
  /** Path of the verification key (JSON) to write; left out if undefined. */
  vkey?: string
  threads?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** How many G1 points take as long as one G2 point; for the progress only. */
const G2_COST = 2.5

/**
 * Makes a Groth16 key straight from known secrets (protocol.md#dev-keys): the polynomials of the circuit are evaluated at
 * tau as numbers, and every point of the key is then one multiple of a generator. Anybody who knows the seed can forge
 * proofs under such a key. Throws ABORTED if the signal fires, INPUT_INVALID for unusable secrets.
 */
export async function createDevKey(options: DevKeyOptions): Promise<VerificationKeyJson> {
  const { r1cs, secrets, signal, onProgress } = options
  const log = domainLog(r1cs)
  const waste = typeof secrets === 'string' ? deriveToxicWaste(secrets) : secrets
  checkToxicWaste(waste, 2 ** log)
  const file = await open(options.zkey, 'w')
  let done = false
  try {
    const points = await computePoints(r1cs, log, waste, options)
    await writeZkey(file, r1cs, log, points, circuitHash(r1cs))
    const vkey = await verificationKey(points, r1cs.nPublic)
    if (options.vkey !== undefined) await writeFile(options.vkey, `${JSON.stringify(vkey, null, 1)}\n`)
    onProgress?.({ stage: 'key', fraction: 1 })
    done = true
    return vkey
  } catch (error) {
    if (signal?.aborted) throw new ZkclearError('ABORTED', 'making a key was aborted', { cause: error })
    throw error
  } finally {
    await file.close()
    if (!done) await rm(options.zkey, { force: true })
  }
}

async function computePoints(r1cs: R1cs, log: number, waste: ToxicWaste, options: DevKeyOptions): Promise<KeyPoints> {
  options.signal?.throwIfAborted()
  const { a, b, c } = evaluateQap(r1cs, waste.tau)
  const inverse = invert(waste.delta)
  const own = r1cs.nPublic + 1
  const combined = a.map((value, wire) => (waste.beta * value + waste.alpha * b[wire]! + c[wire]!) % FIELD)
  const publicPart = combined.slice(0, own)
  const privatePart = combined.slice(own).map((value) => (value * inverse) % FIELD)
  const quotient = oddLagrangeAt(waste.tau, log).map((value) => (value * inverse) % FIELD)

  const total = (2 + G2_COST) * r1cs.nWires + combined.length + quotient.length
  let done = 0
  await using multiplier = await Multiplier.create({
    threads: options.threads,
    signal: options.signal,
    onPoints(group, count) {
      done += group === 'g2' ? G2_COST * count : count
      options.onProgress?.({ stage: 'key', fraction: (0.98 * done) / total })
    },
  })
  return {
    ...(await headerPoints(waste)),
    ic: await multiplier.multiply('g1', publicPart),
    a: await multiplier.multiply('g1', a),
    b1: await multiplier.multiply('g1', b),
    b2: await multiplier.multiply('g2', b),
    c: await multiplier.multiply('g1', privatePart),
    h: await multiplier.multiply('g1', quotient),
  }
}

async function headerPoints({ alpha, beta, delta }: ToxicWaste) {
  const { G1, G2 } = await keyCurve()
  const g1 = (scalar: bigint) => G1.toAffine(G1.timesScalar(G1.g, scalar))
  const g2 = (scalar: bigint) => G2.toAffine(G2.timesScalar(G2.g, scalar))
  return { alpha1: g1(alpha), beta1: g1(beta), beta2: g2(beta), gamma2: g2(1n), delta1: g1(delta), delta2: g2(delta) }
}

/**
 * 64 bytes that name the constraint system, in the place where a ceremony's first key has the hash of its own points.
 * Nothing reads it in a dev key, which takes no contributions.
 */
function circuitHash(r1cs: R1cs): Uint8Array {
  const hash = createHash('blake2b512').update(`zkclear/dev-key/v1/${r1cs.nWires}/${r1cs.nPublic}/`)
  for (const array of [r1cs.offsets, r1cs.wires, r1cs.coefficientOf]) {
    hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  }
  return hash.update(toBytes(r1cs.coefficients)).digest()
}

import { createHash } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { toBytes } from '../../circom/field-bytes.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import type { Progress } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { invert } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { type Piece, writePieces } from '../pieces.ts'
import { keyCurve } from './curve.ts'
import { type Group, POINT_BYTES } from './fixed-base.ts'
import { oddLagrangeAt } from './lagrange.ts'
import { Multiplier } from './multiply.ts'
import { domainLog, evaluateQap } from './qap.ts'
import { checkToxicWaste, deriveToxicWaste, type ToxicWaste } from './toxic-waste.ts'
import { type VerificationKeyJson, verificationKey } from './vkey.ts'
import { type HeaderPoints, whole, zkeyPieces } from './zkey-writer.ts'

export interface DevKeyOptions {
  r1cs: R1cs
  /** A seed, from which the secrets are derived; or, for tests, the secrets themselves. */
  secrets: string | ToxicWaste
  /** Path of the .zkey file to write. */
  zkey: string
  /** Path of the verification key (JSON) to write; left out if undefined. */
  vkey?: string
  /**
   * Path of a file beside the key that says how much of it is written: if a process left one, the next goes on with what it
   * wrote. The constraint system and the secrets must be the same. Default: none, and nothing is left of what fails.
   */
  journal?: string | undefined
  threads?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** How many G1 points take as long as one G2 point; for the progress only. */
const G2_COST = 2.5
/** Points of one piece of the file. */
const POINTS = 1 << 15

/**
 * Makes a Groth16 key straight from known secrets (protocol.md#dev-keys): the polynomials of the circuit are evaluated at
 * tau as numbers, and every point of the key is then one multiple of a generator. The file is written as points are made.
 * Anybody who knows the seed can forge proofs under such a key. Throws ABORTED if the signal fires, INPUT_INVALID for unusable
 * secrets; no key file is left then, unless there is a journal.
 */
export async function createDevKey(options: DevKeyOptions): Promise<VerificationKeyJson> {
  const { r1cs, secrets, signal, journal, onProgress } = options
  const log = domainLog(r1cs)
  const waste = typeof secrets === 'string' ? deriveToxicWaste(secrets) : secrets
  checkToxicWaste(waste, 2 ** log)
  let done = false
  try {
    signal?.throwIfAborted()
    await using multiplier = await Multiplier.create({ threads: options.threads, signal })
    const scalars = keyScalars(r1cs, log, waste)
    const ic = await multiplier.multiply('g1', scalars.ic)
    const points = await headerPoints(waste)
    const costs = new Map<Piece, number>()
    const list = (group: Group, values: readonly bigint[]) =>
      Array.from({ length: Math.ceil(values.length / POINTS) }, (_, index): Piece => {
        const slice = values.slice(index * POINTS, (index + 1) * POINTS)
        const make = () => multiplier.multiply(group, slice, values.length)
        const piece = { bytes: slice.length * POINT_BYTES[group], make }
        costs.set(piece, slice.length * (group === 'g2' ? G2_COST : 1))
        return piece
      })
    const lists = {
      ic: [whole(ic)],
      ...{ a: list('g1', scalars.a), b1: list('g1', scalars.b), b2: list('g2', scalars.b) },
      ...{ c: list('g1', scalars.c), h: list('g1', scalars.h) },
    }
    const pieces = zkeyPieces(r1cs, log, points, lists, circuitHash(r1cs))
    const costOf = (some: readonly Piece[]) => some.reduce((sum, piece) => sum + (costs.get(piece) ?? 0), 0)
    const total = costOf(pieces)
    await writePieces(options.zkey, pieces, {
      journal,
      onWritten(count) {
        onProgress?.({ stage: 'key', fraction: (0.98 * costOf(pieces.slice(0, count))) / total })
        signal?.throwIfAborted()
      },
    })
    const vkey = await verificationKey({ ...points, ic }, r1cs.nPublic)
    if (options.vkey !== undefined) await writeFile(options.vkey, `${JSON.stringify(vkey, null, 1)}\n`)
    onProgress?.({ stage: 'key', fraction: 1 })
    done = true
    return vkey
  } catch (error) {
    if (signal?.aborted) throw new ZkclearError('ABORTED', 'making a key was aborted', { cause: error })
    throw error
  } finally {
    if (!done && journal === undefined) await rm(options.zkey, { force: true })
  }
}

/** What the generators are multiplied by, for each list of points in the key. */
function keyScalars(r1cs: R1cs, log: number, waste: ToxicWaste) {
  const { a, b, c } = evaluateQap(r1cs, waste.tau)
  const inverse = invert(waste.delta)
  const own = r1cs.nPublic + 1
  const combined = a.map((value, wire) => (waste.beta * value + waste.alpha * b[wire]! + c[wire]!) % FIELD)
  const overDelta = (values: readonly bigint[]) => values.map((value) => (value * inverse) % FIELD)
  return {
    ...{ a, b, ic: combined.slice(0, own), c: overDelta(combined.slice(own)) },
    h: overDelta(oddLagrangeAt(waste.tau, log)),
  }
}

async function headerPoints({ alpha, beta, delta }: ToxicWaste): Promise<HeaderPoints> {
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

import { createHash } from 'node:crypto'
import { invert, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { G1_GENERATOR, type G1Point } from '../../verifier/curve.ts'
import type { KzgKey } from '../../verifier/kzg/key.ts'
import type { KzgProof } from '../../verifier/kzg/proof.ts'
import { record, SHAPES } from '../../verifier/kzg/shapes.ts'
import { reduceProof } from '../../verifier/kzg/verify.ts'
import { combine } from '../../verifier/pairing.ts'

/** Parts of a forged proof that are chosen. Infinity, too, is a point that an opening can be forged for. */
export interface Chosen {
  readonly points?: Readonly<Record<string, G1Point>>
  readonly evaluations?: Readonly<Record<string, bigint>>
}

/**
 * An accepting PLONK or FFLONK proof of ANY public signals, true or false, without a witness, for whoever knows tau: all
 * commitments and evaluations are made up, and every opening of a commitment C at x with a value v is forged by the witness
 * (C - v G) / (tau - x). Signals are hashed as they are given, which need not be below r.
 */
export async function simulateKzgProof<P extends KzgProof>(
  key: KzgKey & { protocol: P['protocol'] },
  tau: bigint,
  signals: readonly bigint[],
  { points = {}, evaluations = {} }: Chosen = {},
): Promise<P> {
  const shape = SHAPES[key.protocol]
  const madeUp = (name: string) => {
    const digest = createHash('sha512').update(`${key.protocol}/${name}/${signals.join()}`).digest('hex')
    return BigInt(`0x${digest}`) % FIELD
  }
  const times = (scalar: bigint, point: G1Point | null) => combine([[scalar, point]])!
  const proof = {
    protocol: key.protocol,
    points: record(shape.points, (name) => points[name] ?? times(madeUp(name), G1_GENERATOR)),
    evaluations: record(shape.evaluations, (name) => evaluations[name] ?? madeUp(name)),
  } as unknown as P
  const { openings, inverse } = reduceProof(key, proof, signals)!
  const forged = openings.map(({ commitment, value, at }) => {
    const numerator = combine([
      [1n, commitment],
      [reduce(-value), G1_GENERATOR],
    ])
    return times(invert(tau - at), numerator)
  })
  // The witnesses of the openings are the last commitments of a proof.
  const names = shape.points.slice(-forged.length)
  return {
    ...proof,
    points: { ...proof.points, ...Object.fromEntries(names.map((name, i) => [name, forged[i]!])) },
    evaluations: inverse === undefined ? proof.evaluations : { ...proof.evaluations, inv: inverse },
  }
}

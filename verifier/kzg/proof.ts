import { z } from 'zod'
import { FIELD } from '../../protocol/numbers.ts'
import { type G1Point, isG1Point, isInG1 } from '../curve.ts'
import { curveSchema, type G1Json, g1Schema, g1ToJson, parseWith, signalSchema, withTwoCoordinates } from '../json.ts'
import { type EvaluationName, type KzgSystem, mapValues, type PointName, record, SHAPES } from './shapes.ts'

/** A proof of that system over BN254: commitments in affine coordinates, and evaluations. */
export interface KzgProofOf<S extends KzgSystem> {
  readonly protocol: S
  readonly points: Readonly<Record<PointName<S>, G1Point>>
  readonly evaluations: Readonly<Record<EvaluationName<S>, bigint>>
}

export type PlonkProof = KzgProofOf<'plonk'>
export type FflonkProof = KzgProofOf<'fflonk'>
export type KzgProof = PlonkProof | FflonkProof

/** The proof as snarkjs writes it: PLONK's parts side by side, FFLONK's in two objects. */
export type KzgProofJson = Readonly<Record<string, string | G1Json | Readonly<Record<string, string | G1Json>>>>

const finite = withTwoCoordinates(
  g1Schema.refine((point) => point !== null, 'is the point at infinity, which no honest proof contains'),
  '1',
)

const schemas = {
  plonk: z.strictObject({ ...parts('plonk').points, ...parts('plonk').evaluations, ...tags('plonk') }),
  fflonk: z.strictObject({
    polynomials: z.strictObject(parts('fflonk').points),
    evaluations: z.strictObject(parts('fflonk').evaluations),
    ...tags('fflonk'),
  }),
}

function parts<S extends KzgSystem>(system: S) {
  const { points, evaluations } = SHAPES[system]
  return {
    points: record(points as readonly PointName<S>[], () => finite),
    evaluations: record(evaluations as readonly EvaluationName<S>[], () => signalSchema),
  }
}

function tags<S extends KzgSystem>(system: S) {
  return { protocol: z.literal(system), curve: curveSchema }
}

/**
 * Reads snarkjs's JSON form, strictly: exact fields, canonical decimal strings, coordinates below q and evaluations below r,
 * no point at infinity; as `proofFromJson` reads those of other tools. Throws INPUT_INVALID. Whether the points lie on the curve is for `verify` to say.
 */
export function kzgProofFromJson<S extends KzgSystem>(system: S, json: unknown): KzgProofOf<S> {
  const parsed = parseWith<object>(schemas[system], json, 'INPUT_INVALID', 'proof')
  const flat = 'polynomials' in parsed ? { ...(parsed.polynomials as object), ...evaluationsOf(parsed) } : parsed
  const take = (names: readonly string[]) => record(names, (name) => (flat as Record<string, unknown>)[name])
  const { points, evaluations } = SHAPES[system]
  return { protocol: system, points: take(points), evaluations: take(evaluations) } as unknown as KzgProofOf<S>
}

function evaluationsOf(parsed: object): object {
  return (parsed as { evaluations: object }).evaluations
}

/** The inverse of `kzgProofFromJson`. */
export function kzgProofToJson({ protocol, points, evaluations }: KzgProof): KzgProofJson {
  const ownPoints = mapValues<G1Point, G1Json>(points, g1ToJson)
  const ownEvaluations = mapValues<bigint, string>(evaluations, String)
  const tagged = { protocol, curve: 'bn128' }
  return protocol === 'plonk'
    ? { ...ownPoints, ...ownEvaluations, ...tagged }
    : { polynomials: ownPoints, evaluations: ownEvaluations, ...tagged }
}

/** Whether every commitment has coordinates below q, and every evaluation is below r. */
export function isCanonical({ protocol, points, evaluations }: KzgProof): boolean {
  if (!Object.hasOwn(SHAPES, protocol)) return false
  const shape = SHAPES[protocol]
  const isScalar = (x: unknown) => typeof x === 'bigint' && x >= 0n && x < FIELD
  return (
    shape.points.every((name) => isG1Point(Object(points)[name])) &&
    shape.evaluations.every((name) => isScalar(Object(evaluations)[name]))
  )
}

/** Whether the proof is canonical and every commitment a finite point of the curve. */
export function isWellFormed(proof: KzgProof): boolean {
  const points = proof.points as Record<string, G1Point>
  return isCanonical(proof) && SHAPES[proof.protocol].points.every((name) => isInG1(points[name]))
}

/** The 24 words that the proof is in calldata: coordinates, then evaluations. */
export function kzgWords({ protocol, points, evaluations }: KzgProof): bigint[] {
  const shape = SHAPES[protocol]
  const pointOf = points as Record<string, G1Point>
  const evaluationOf = evaluations as Record<string, bigint>
  return [
    ...shape.points.flatMap((name) => [...pointOf[name]!]),
    ...shape.evaluations.map((name) => evaluationOf[name]!),
  ]
}

import { z } from 'zod'
import type { ErrorCode } from '../protocol/errors.ts'
import { FIELD } from '../protocol/numbers.ts'
import { misfit } from '../protocol/outside-value.ts'
import { BASE_FIELD, type G1Point, type G2Point } from './curve.ts'

/** A non-negative integer below `bound` as a decimal string without sign, spaces or leading zeros. */
export function decimalBelow(bound: bigint, boundName: string) {
  return z
    .string('must be a decimal string')
    .max(78, 'is too long')
    .regex(/^(0|[1-9][0-9]*)$/, 'must be a decimal string without sign or leading zeros')
    .transform((text, context) => {
      const value = BigInt(text)
      if (value >= bound) context.addIssue({ code: 'custom', message: `must be below ${boundName}` })
      return value
    })
}

const coordinate = decimalBelow(BASE_FIELD, 'the order of the base field')
const pair = z.tuple([coordinate, coordinate])

/** A public signal in JSON. */
export const signalSchema = decimalBelow(FIELD, 'the order of the scalar field')

/** An integer whose absolute value is below the order of the field, as a decimal string. */
export const signedSchema = z
  .string('must be a decimal string')
  .max(79, 'is too long')
  .regex(/^(0|-?[1-9][0-9]*)$/, 'must be a decimal string without plus sign or leading zeros')
  .transform((text, context) => {
    const value = BigInt(text)
    if (value >= FIELD || value <= -FIELD) {
      context.addIssue({ code: 'custom', message: 'must be below the order of the scalar field' })
    }
    return value
  })

/** snarkjs's projective points; only the last coordinates 1 (affine) and 0 (infinity) occur. Infinity becomes null. */
export const g1Schema = z
  .tuple([coordinate, coordinate, z.enum(['0', '1'])])
  .transform(([x, y, z]): G1Point | null => (z === '1' ? [x, y] : null))

export const g2Schema = z
  .tuple([pair, pair, z.union([z.tuple([z.literal('0'), z.literal('0')]), z.tuple([z.literal('1'), z.literal('0')])])])
  .transform(([x, y, z]): G2Point | null => (z[0] === '1' ? [x, y] : null))

/** BN254 has several names; snarkjs knows it as bn128, and some tools do not say the curve at all. */
export const curveSchema = z
  .string('must be the name of a curve')
  .regex(/^(bn128|bn254|alt_?bn_?128)$/i, 'must be bn128, also known as bn254, or be left out')
  .optional()

/** Some tools write affine points without the last coordinate, which is 1 then. */
export function withTwoCoordinates<Schema extends z.ZodType>(schema: Schema, last: unknown) {
  return z.preprocess((point) => (Array.isArray(point) && point.length === 2 ? [...point, last] : point), schema)
}

/** snarkjs's JSON of a point of G1. */
export type G1Json = [x: string, y: string, z: string]
export type G2Json = [x: [string, string], y: [string, string], z: [string, string]]

export function g1ToJson([x, y]: G1Point): G1Json {
  return [String(x), String(y), '1']
}

export function g2ToJson([x, y]: G2Point): G2Json {
  return [
    [String(x[0]), String(x[1])],
    [String(y[0]), String(y[1])],
    ['1', '0'],
  ]
}

/** What an outside value means by a schema. Throws `code`, as {@link misfit} has it. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw misfit(result.error.issues, code, what)
}

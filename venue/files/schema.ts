import { z } from 'zod'
import { type ErrorCode, ZkclearError } from '../../protocol/errors.ts'
import { FIELD, isInt, isUint } from '../../protocol/numbers.ts'
import { misfit } from '../../protocol/outside-value.ts'
import { BITS } from '../../protocol/parameters.ts'
import { PROFILE_NAMES, type ProfileName } from '../../protocol/shape.ts'

/** Longest list that any file may hold. */
const MAX_ITEMS = 1 << 20

const decimal = z.string('must be a decimal string').regex(/^(0|-?[1-9][0-9]{0,99})$/, 'must be a decimal string')

/** One 0n for all zeros of a file: most numbers of a state are 0, and each made anew is an object of its own. */
const bigint = (text: string) => (text === '0' ? 0n : BigInt(text))

/** A number in a range, as a decimal string. Files, messages and records are made of these: each is one step beside its form. */
function number(isIn: (x: bigint) => boolean, message: string) {
  return decimal.transform((text, context) => {
    const x = bigint(text)
    if (isIn(x)) return x
    context.addIssue(message)
    return z.NEVER
  })
}

/** A number of `bits` bits, as a decimal string. */
export const uint = (bits: number) => number((x) => isUint(x, bits), `must be in [0, 2^${bits})`)

/** A signed number, |x| < 2^bits, as a decimal string. */
export const int = (bits: number) => number((x) => isInt(x, bits), `must be in (-2^${bits}, 2^${bits})`)

/** A canonical field element, as a decimal string. */
export const field = number((x) => x >= 0n && x < FIELD, 'must be a field element, 0 <= x < r')

export const time = uint(BITS.time)

/** What stands for a chain and a Settlement on it. */
export const domain = uint(248)

/** A point of the curve that signs. */
export const tradingKey = z.strictObject({ x: field, y: field }, 'must be { "x", "y" }')
export const signature = z.strictObject({ R8x: field, R8y: field, S: field }, 'must be { "R8x", "R8y", "S" }')

/** Indices are plain JSON integers; everything else numeric is a decimal string. */
export const accountIndex = z
  .int('must be an integer')
  .nonnegative('must not be negative')
  .lt(2 ** BITS.account, `must be below 2^${BITS.account}`)
export const marketIndex = z
  .int('must be an integer')
  .nonnegative('must not be negative')
  .lt(2 ** BITS.market, `must be below 2^${BITS.market}`)

export const side = z.enum(['buy', 'sell'], 'must be buy or sell')
export const sides = z.enum(['buy', 'sell', 'both'], 'must be buy, sell or both')
export const timeInForce = z.enum(['GTC', 'IOC', 'POST_ONLY'], 'must be GTC, IOC or POST_ONLY')
export const boolean = z.boolean('must be true or false')
export const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item, 'must be a list').max(MAX_ITEMS, `must have at most ${MAX_ITEMS} entries`)

/** The head of every file: its format's version and the profile whose sizes it has. */
export const fileHead = {
  version: z.literal(1, 'must be 1'),
  profile: z.enum(PROFILE_NAMES as [ProfileName, ...ProfileName[]], `must be one of ${PROFILE_NAMES.join(', ')}`),
}

/** What an outside value means by a schema. Throws `code`, as {@link misfit} has it. */
export function decodeWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: ErrorCode,
  name: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw misfit(result.error.issues, code, name)
}

/** A value as JSON holds it: decimal strings for all bigints. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Turns bigints into decimal strings, to any depth, and leaves out what is undefined. */
export function toJson(value: unknown): Json {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object' || value === null) return value as Json
  const json: Record<string, Json> = {}
  for (const [key, part] of Object.entries(value)) if (part !== undefined) json[key] = toJson(part)
  return json
}

/** Throws `code` unless a file made for one profile is read for that one. */
export function assertProfile(found: ProfileName, wanted: ProfileName, code: ErrorCode, name: string): void {
  if (found === wanted) return
  const message = `is "${found}", but the profile in use is "${wanted}"; choose the same one for both`
  throw new ZkclearError(code, message, { path: `${name}.profile` })
}

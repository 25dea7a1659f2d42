import { z } from 'zod'
import { hash, path, receiptSchema } from '../../log/receipt.ts'
import { record } from './numbers.ts'

/** Most leaves of one answer. */
export const MOST_LEAVES = 1_000

/** A number in a path or query. */
const number = z
  .string('must be a decimal number')
  .regex(/^(0|[1-9][0-9]{0,14})$/, 'must be a decimal number')
  .transform(Number)

export const receiptParams = z.strictObject({ record: number })
export const receiptAnswer = receiptSchema

/** Public key of the log as C2SP signed-note writes it, `name+id+key`. */
export const keyAnswer = z.strictObject({ key: z.string() })
/** A signed note of C2SP. */
export const checkpointAnswer = z.strictObject({ checkpoint: z.string() })

/** Sizes of two trees; default of `to`: that of the newest checkpoint. */
export const consistencyQuery = z.strictObject({ from: number, to: number.optional() })
/** The root of the tree of size `from`, and the proof that the one of size `to` begins with it. */
export const consistencyAnswer = z.strictObject({ from: record, to: record, root: hash, path })

export const leavesQuery = z.strictObject({ from: number, count: number.optional() })
export const leavesAnswer = z.strictObject({ from: record, leaves: z.array(hash).max(MOST_LEAVES) })

const anchor = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 lower-case hex digits')
  .transform((text) => Uint8Array.from(Buffer.from(text.slice(2), 'hex')))
export const anchorParams = z.strictObject({ anchor })
/** How many leaves the tree has whose root it is. */
export const anchorAnswer = z.strictObject({ size: record })

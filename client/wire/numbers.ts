import { z } from 'zod'
import { BITS } from '../../protocol/parameters.ts'
import { accountIndex, int, marketIndex, uint } from '../../venue/files/schema.ts'

/** Numbers of an account and of a market; integers of any size are decimal strings. */
export const account = accountIndex
export const market = marketIndex
export const lots = uint(BITS.size)
export const signedLots = int(BITS.collateral + 1)
export const price = uint(BITS.price)
export const quanta = int(200)
export const nonce = uint(BITS.nonce + 1)
/** Of entries of the contract's queue. */
export const counter = uint(64)
/** Unix seconds. */
export const seconds = uint(BITS.time)
/** Number of a record of the journal: the place of what was accepted in the order of everything. */
export const record = z.int('must be an integer').nonnegative('must not be negative')
/** Number of a batch, from 1. */
export const batch = z.int('must be an integer').nonnegative('must not be negative')

/** A whole number in a path or a query. */
export const wholeNumber = (most: number) =>
  z
    .string(`must be a number up to ${most}`)
    .regex(/^(0|[1-9][0-9]{0,15})$/, `must be a number up to ${most}`)
    .transform(Number)
    .refine((x) => x <= most, `must be a number up to ${most}`)

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
/** Unix seconds, and milliseconds. */
export const seconds = uint(BITS.time)
export const milliseconds = uint(BITS.time + 10)
/** Number of a record of the journal: the place of what was accepted in the order of everything. */
export const record = z.int('must be an integer').nonnegative('must not be negative')
/** Number of a batch, from 1. */
export const batch = z.int('must be an integer').nonnegative('must not be negative')

import { z } from 'zod'
import { field, signature } from '../../venue/files/schema.ts'
import { account, seconds } from './numbers.ts'

export const challengeRequest = z.strictObject({ account })
/** What the trader signs, with the venue's domain. */
export const challengeAnswer = z.strictObject({ challenge: field, expiry: seconds, domain: field })

export const loginRequest = z.strictObject({ account, challenge: field, expiry: seconds, signature })
export const loginAnswer = z.strictObject({
  /** Opaque; goes into the header `authorization: Bearer ...` of each request. */
  token: z.string(),
  account,
  /** Seconds for which it is good, unless it is revoked or the account's trading key changes. */
  seconds: z.int(),
})

export const logoutRequest = z.strictObject({ everywhere: z.boolean('must be true or false').optional() })
export const done = z.strictObject({ result: z.literal('DONE') })

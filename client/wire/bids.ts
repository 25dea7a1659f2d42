import { z } from 'zod'
import { bidFile } from '../../venue/files/takeover-file.ts'
import { record } from './numbers.ts'

/** What `zkclear liquidate bid` writes. */
export const bidDocument = bidFile

/** The same, read with the domain of the venue. */
export const bidRequest = z.unknown()

export const bidAnswer = z.strictObject({
  /** ACCEPTED, or why no takeover can take it. */
  verdict: z.string(),
  record: record.optional(),
})

import { z } from 'zod'
import { children } from '../../venue/files/openings.ts'
import { domain, field, fileHead } from '../../venue/files/schema.ts'
import { accountSchema } from '../../venue/files/state-file.ts'
import { riskTable } from '../../venue/files/venue-files.ts'
import * as n from './numbers.ts'

const { profile } = fileHead

/**
 * An account with what opens it in a state whose root the chain knows, and a table to prove at. Its view key is left out: the
 * account's owner has it.
 */
export const openingAnswer = z.strictObject({
  ...{ profile, domain },
  /** The batch that led to the state, and since when its root was the chain's, in unix seconds of that block. */
  batch: n.batch,
  since: n.seconds,
  /** Whether the chain keeps the root by that time, for an hour; else for 64 settlements. */
  isKept: z.boolean(),
  ...{ stateRoot: field, riskRoot: field, index: n.account },
  account: accountSchema.omit({ viewKey: true }),
  ...{ children, marketsRoot: field, riskTable },
})

/** What proves margin: the circuit's files by their sha256, in hex, and its verification key as JSON has it. */
export const provingAnswer = z.strictObject({
  profile,
  vkey: z.looseObject({}),
  wasm: z.strictObject({ sha256: z.string(), bytes: z.int() }),
  zkey: z.strictObject({ sha256: z.string(), bytes: z.int() }),
})

export const provingFilePath = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits in lower case'),
})

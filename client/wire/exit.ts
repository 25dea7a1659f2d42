import { z } from 'zod'
import { children } from '../../venue/files/openings.ts'
import { domain, field, fileHead } from '../../venue/files/schema.ts'
import { accountSchema } from '../../venue/files/state-file.ts'
import { riskTable } from '../../venue/files/venue-files.ts'
import * as n from './numbers.ts'

/**
 * An account of a frozen venue with what opens it in the state that the contract stands at, and the table that it is valued at, if it needs
 * one. Its view key is left out: the account's owner has it, and it belongs there where `hasViewKey` says so.
 */
export const exitAnswer = z.strictObject({
  ...{ profile: fileHead.profile, domain, stateRoot: field, riskRoot: field, index: n.account },
  account: accountSchema.omit({ viewKey: true }),
  hasViewKey: z.boolean(),
  ...{ children, marketsRoot: field, riskTable: riskTable.optional() },
})

import { z } from 'zod'
import { HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import type { Deleveraging } from '../../protocol/deleverage/close.ts'
import { applyDeleveraging } from '../../protocol/deleverage/deleverage.ts'
import { BITS } from '../../protocol/parameters.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { stateRoot } from '../../protocol/state.ts'
import { openedState, openingsOf, stateOf } from './openings.ts'
import {
  accountIndex,
  assertProfile,
  decodeWith,
  domain,
  field,
  fileHead,
  type Json,
  marketIndex,
  time,
  toJson,
  uint,
} from './schema.ts'
import { invalid } from './state-file.ts'
import { assertTableFits, riskTable } from './venue-files.ts'

/** What is closed. */
export const closing = z.strictObject({
  victim: accountIndex,
  counterparty: accountIndex,
  market: marketIndex,
  lots: uint(BITS.position),
})

const deleverageFile = z.strictObject({
  ...fileHead,
  timestamp: time,
  domain,
  resumedAt: time,
  riskRoot: field,
  oldStateRoot: field,
  newStateRoot: field,
  closing,
  riskTable,
  before: openedState,
})

/**
 * Deleverage file: everything that a prover of this deleveraging needs, and no more: what is closed, time, when the last pause ended, domain,
 * risk table, and of the state before it the victim, the counterparty and the house, with their Merkle paths. The book is the first
 * market's, and only shows the root of the books. Private, as the view keys of the accounts are.
 */
export function encodeDeleveraging({ context, before, after, closing }: Deleveraging, profile: ProfileName): Json {
  const { timestamp, domain, resumedAt, riskTable: table } = context
  const indices = [HOUSE, closing.victim, closing.counterparty].toSorted((a, b) => a - b)
  return toJson({
    ...{ version: 1, profile, timestamp, domain, resumedAt },
    riskRoot: hashRiskTable(table),
    oldStateRoot: stateRoot(before),
    newStateRoot: stateRoot(after),
    closing,
    riskTable: table,
    before: openingsOf(before, indices, 0),
  })
}

/**
 * Makes the deleveraging of a file again, its rules checked. Throws INPUT_INVALID, naming the field, also where a root is not that of what
 * the file holds; BATCH_UNPROVABLE as `applyDeleveraging` does.
 */
export function decodeDeleveraging(json: unknown, profile: ProfileName): Deleveraging {
  const file = decodeWith(deleverageFile, json, 'INPUT_INVALID', 'deleverage')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'deleverage')
  const { timestamp, resumedAt, closing, riskTable: table } = file
  const shape = venueShape(profile)
  assertTableFits(table, shape, 'deleverage.riskTable')
  if (file.riskRoot !== hashRiskTable(table)) throw invalid('deleverage.riskRoot', 'is not that of the risk table')
  const before = stateOf(file.before, 0, shape, 'deleverage.before')
  if (stateRoot(before) !== file.oldStateRoot) {
    throw invalid('deleverage.oldStateRoot', 'is not that of the state before')
  }
  const made = applyDeleveraging(before, closing, { timestamp, domain: file.domain, riskTable: table, resumedAt })
  if (stateRoot(made.after) !== file.newStateRoot) {
    throw invalid('deleverage.newStateRoot', 'is not what the closing makes of the state before')
  }
  return made
}

import { z } from 'zod'
import { hashAccount } from '../../protocol/account.ts'
import { needsTable } from '../../protocol/exit.ts'
import { poseidon } from '../../protocol/hash.ts'
import type { RecoveredAccount } from '../../protocol/recovery/recovery.ts'
import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { Tree } from '../../protocol/tree.ts'
import { assertPathFits, children } from './openings.ts'
import { accountIndex, assertProfile, decodeWith, domain, field, fileHead, type Json, toJson } from './schema.ts'
import { accountSchema, assertAccountFits, invalid } from './state-file.ts'
import { assertTableFits, riskTable } from './venue-files.ts'

/** An account of a dead venue with all that a proof of its exit is made from. */
export interface ExitDocument extends Omit<RecoveredAccount, 'accountsRoot'> {
  /** The Settlement's. */
  readonly domain: bigint
  /** That of the table of the last accepted batch; 0 before the first table. */
  readonly riskRoot: bigint
  /** That table. An account without positions and debts needs none. */
  readonly riskTable: RiskTable | undefined
}

const exitFile = z.strictObject({
  ...fileHead,
  domain,
  stateRoot: field,
  riskRoot: field,
  index: accountIndex,
  account: accountSchema,
  children,
  marketsRoot: field,
  riskTable: riskTable.optional(),
})

/**
 * Exit file: an account, what opens it in the venue's last state root, and the table that it is valued at. Private: it holds
 * the account and its view key.
 *
 * @example
 * const recovery = new Recovery({ shape: venueShape('small'), domain, account: { index: 7, viewKey } })
 * for (const batch of batches) recovery.take(batch)
 * const terms = { domain, riskRoot: hashRiskTable(riskTable), riskTable }
 * const file = encodeExit({ ...recovery.recovered(), ...terms }, 'small')
 * await writeFile('exit.json', JSON.stringify(file), { mode: 0o600 })
 */
export function encodeExit(exit: ExitDocument, profile: ProfileName): Json {
  const { domain, stateRoot, riskRoot, index, account, children: path, marketsRoot, riskTable: table } = exit
  return toJson({
    ...{ version: 1, profile, domain, stateRoot, riskRoot },
    ...{ index, account, children: path, marketsRoot, riskTable: table },
  })
}

/**
 * Throws INPUT_INVALID, naming the field; also where account and books do not lead to the file's own stateRoot, the table is
 * not the one of its riskRoot, or it is missing and the account needs it.
 */
export function decodeExit(json: unknown, profile: ProfileName): ExitDocument {
  const { version: _, profile: found, ...file } = decodeWith(exitFile, json, 'INPUT_INVALID', 'exit')
  assertProfile(found, profile, 'INPUT_INVALID', 'exit')
  const shape = venueShape(profile)
  const { index, account, children: digests, marketsRoot, riskTable: table } = file
  assertAccountFits(account, shape, 'exit.account')
  assertPathFits(index, digests, shape, 'exit')
  const openings = [{ index, leaf: account, children: digests }]
  const accounts = Tree.fromOpenings(shape.accountLevels, hashAccount, openings)
  if (poseidon('STATE', [accounts.root, marketsRoot]) !== file.stateRoot) {
    throw invalid('exit.stateRoot', 'is not that of the account, its path and marketsRoot')
  }
  if (table === undefined) {
    if (needsTable(account)) {
      throw invalid('exit.riskTable', 'is missing; an account with positions or a debt is valued at the last table')
    }
    return { ...file, riskTable: undefined }
  }
  assertTableFits(table, shape, 'exit.riskTable')
  if (hashRiskTable(table) !== file.riskRoot) throw invalid('exit.riskRoot', 'is not that of the risk table')
  return { ...file, riskTable: table }
}

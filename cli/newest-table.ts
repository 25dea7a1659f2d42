import type { Provider } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'
import type { RiskSnapshot } from '../protocol/risk/update.ts'
import { hashRiskTable } from '../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { riskTables, tableNumber } from '../settlement/index.ts'
import type { Session } from './session.ts'

/** Where a venue's tables are read. */
export interface TablePlace {
  readonly provider: Provider
  readonly settlement: string
  readonly profile: ProfileName
  readonly fromBlock: bigint
}

/** The bar is moved once in so many tables. */
const TABLES_TOLD = 100n

/**
 * The chain's table with that root, which is the newest: computed from the newest of the snapshots that are the chain's own, or from
 * the first table on. Throws as `riskTables` does.
 */
export async function newestTable(
  place: TablePlace,
  { riskRoot, snapshots }: { readonly riskRoot: bigint; readonly snapshots: readonly RiskSnapshot[] },
  { signal, onProgress }: Session,
): Promise<RiskSnapshot> {
  const { provider, settlement, profile } = place
  const venue = { provider, settlement, fromBlock: Number(place.fromBlock), signal }
  let newest: { readonly number: bigint; readonly snapshot: RiskSnapshot } | undefined
  for (const snapshot of snapshots) {
    const root = hashRiskTable(snapshot.table)
    if (root === riskRoot) return snapshot
    const number = await tableNumber({ ...venue, riskRoot: root })
    if (number !== undefined && number > (newest?.number ?? 0n)) newest = { number, snapshot }
  }
  for await (const table of riskTables({ ...venue, shape: venueShape(profile), after: newest })) {
    if (table.number % TABLES_TOLD === 1n) onProgress({ stage: `compute risk table ${table.number}`, fraction: 0 })
    newest = table
    if (table.statement.newRiskRoot === riskRoot) return table.snapshot
  }
  const message = `no update in the blocks that were read leads to the newest table, whose root is ${riskRoot}: read from the block of the deployment (--from-block), at a node that keeps all events`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement', details: { reason: 'MISSING' } })
}

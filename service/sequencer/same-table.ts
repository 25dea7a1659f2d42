import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'

/** Tables never change, and are asked for with every message. */
const HASHES = new WeakMap<RiskTable, bigint>()

/** Whether they are the same risk table. */
export function isSameTable(one: RiskTable, other: RiskTable): boolean {
  return one === other || hashOf(one) === hashOf(other)
}

function hashOf(table: RiskTable): bigint {
  const known = HASHES.get(table)
  if (known !== undefined) return known
  const hash = hashRiskTable(table)
  HASHES.set(table, hash)
  return hash
}

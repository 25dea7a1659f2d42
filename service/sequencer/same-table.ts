import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'

/** Tables never change, and are asked for with every message. */
const ROOTS = new WeakMap<RiskTable, bigint>()

/** Whether they are the same risk table. */
export function isSameTable(one: RiskTable, other: RiskTable): boolean {
  return one === other || riskRootOf(one) === riskRootOf(other)
}

/** The table's hash, worked out once: that takes milliseconds. */
export function riskRootOf(table: RiskTable): bigint {
  const known = ROOTS.get(table)
  if (known !== undefined) return known
  const root = hashRiskTable(table)
  ROOTS.set(table, root)
  return root
}

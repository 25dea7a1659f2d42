import { type RiskRecord, type RiskTable, requiredLongRisk, requiredShortRisk } from '../../protocol/risk-table.ts'

/** The table at a later time, with all prices of futures and perpetuals that many per cent lower. */
export function afterFall(table: RiskTable, percent: bigint, asOf: bigint): RiskTable {
  const lower = (price: bigint) => (price * (100n - percent)) / 100n
  const head = { ...table, asOf }
  const fallen = (record: RiskRecord): RiskRecord => {
    if (record.shortOptionMinimum !== 0n) return record
    const prices = { mark: lower(record.mark), scenarioPrices: record.scenarioPrices.map(lower) }
    const moved = { ...record, ...prices }
    return { ...moved, longRisk: requiredLongRisk(moved, head), shortRisk: requiredShortRisk(moved, head) }
  }
  return { ...head, markets: table.markets.map(fallen) }
}

export type { LastTable } from './last-tables.ts'
export {
  type PublishedUpdatesOptions,
  publishedUpdates,
  type RiskUpdateOnChain,
  tableNumber,
} from './published-updates.ts'
export { type RiskStatus, readRiskStatus, requireUpdatable } from './read-status.ts'
export { type RiskTablesOptions, riskTables, type TableOnChain } from './tables.ts'
export { type ToldParametersOptions, toldParameters } from './told-parameters.ts'
export { type RiskUpdated, type UpdateRiskOptions, updateRisk } from './update-risk.ts'

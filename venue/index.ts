export type { CashRefusal } from './cash-cutter.ts'
export * from './csv.ts'
export { decodeCashBatch, encodeCashBatch, type NumberedCashBatch } from './files/cash-batch-file.ts'
export { decodeCashMessage, encodeCashMessage } from './files/cash-message-file.ts'
export { decodeDeleveraging, encodeDeleveraging } from './files/deleverage-file.ts'
export { decodeExit, type ExitDocument, encodeExit } from './files/exit-file.ts'
export { decodeKeys, decodeViewKeys, encodeKeys, encodeViewKeys } from './files/keys-file.ts'
export { decodePrices, decodeReport, encodePrices, encodeReport, type Prices } from './files/report-file.ts'
export {
  decodeRiskParameters,
  encodeRiskParameters,
  type LabelledParameters,
  type ParameterLabels,
  placeInFile,
  valueInFile,
} from './files/risk-parameters-file.ts'
export {
  decodeRiskSnapshot,
  decodeRiskUpdate,
  encodeRiskSnapshot,
  encodeRiskUpdate,
  type RiskUpdateDocument,
} from './files/risk-update-file.ts'
export type { Json } from './files/schema.ts'
export { decodeState, encodeState } from './files/state-file.ts'
export { decodeStateLines, isStateHead, stateText } from './files/state-text.ts'
export { decodeBid, decodeTakeover, encodeBid, encodeTakeover } from './files/takeover-file.ts'
export { decodeTradeBatch, encodeTradeBatch, type NumberedTradeBatch } from './files/trade-batch-file.ts'
export {
  decodeGenesis,
  decodeRiskTable,
  encodeGenesis,
  encodeRiskTable,
} from './files/venue-files.ts'
export * from './generator.ts'
export type * from './intent.ts'
export * from './lobster.ts'
export type { FlowTrade } from './order-tracker.ts'
export * from './replay.ts'
export * from './sample-parameters.ts'
export * from './sample-venue.ts'
export * from './serve-queue.ts'
export { spanScenarios } from './span-grid.ts'
export { standardRiskParameters } from './standard-parameters.ts'

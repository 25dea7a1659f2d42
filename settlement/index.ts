export { type AdmitOptions, admit } from './admit.ts'
export { type CompiledContract, compileContracts } from './compile-contracts.ts'
export { type Connection, type ConnectOptions, connect, connectReader, type ReadConnection } from './connect.ts'
export { type Deployment, type DeployOptions, deploy, PLAY } from './deploy.ts'
export { DEPLOYED_CIRCUITS } from './deploy-keys.ts'
export type { DeployedContract } from './deployer.ts'
export * from './exit/index.ts'
export { type PostRiskTableOptions, postRiskTable } from './post-risk-table.ts'
export { type BatchOnChain, type PublishedBatchesOptions, publishedBatches } from './published-batches.ts'
export { type QueueEntry, type ReadQueueOptions, readQueue } from './queue.ts'
export { readSettlement, type SettlementStatus } from './read-settlement.ts'
export { type Settled, type SettleOptions, type StateProof, settle } from './settle.ts'
export { type Outcome, type SettleInOrderOptions, settleInOrder } from './settle-in-order.ts'
export { KZG_OPTIMIZER_RUNS } from './solc-settings.ts'
export type { Standing } from './standing.ts'
export {
  type AssetTerms,
  DEFAULT_FEES,
  DEFAULT_MARGIN,
  DEFAULT_PERIODS,
  type MarginTerms,
  type Periods,
  type QueueFees,
  type Registration,
  type VenueTerms,
} from './terms.ts'
export type { Confirmation, TransactionOptions } from './transact.ts'
export { readVerifierKey, type VerifierKey, verifierSources } from './verifier-key.ts'

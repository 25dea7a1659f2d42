export { acceptOwner, type OfferOwnerOptions, type OwnerAccepted, offerOwner } from './account/change-owner.ts'
export { type Claimed, type ClaimOptions, claim } from './account/claim.ts'
export type { Credit } from './account/credit.ts'
export { type Deposited, type DepositOptions, deposit } from './account/deposit.ts'
export type { AccountOptions, Queued } from './account/enqueue.ts'
export { type FindAccountsOptions, findAccounts, isRegisteredWith } from './account/find-accounts.ts'
export type { Asset } from './account/input.ts'
export { type MintPlayOptions, mintPlay } from './account/mint-play.ts'
export { type AccountOnChain, type ReadAccountOptions, readAccount } from './account/read-account.ts'
export { type RegisterAccountOptions, registerAccount } from './account/register-account.ts'
export {
  type RequestWithdrawalOptions,
  type RotateKeyOptions,
  requestCure,
  requestWithdrawal,
  resumeAccount,
  rotateKey,
  suspendAccount,
} from './account/requests.ts'
export { type AccountSecretsOptions, deriveAccountSecrets, registrationOf } from './account/secrets.ts'
export { type AdmitOptions, admit } from './admit.ts'
export type { StateProof } from './batch-arguments.ts'
export { compileContracts } from './compile-contracts.ts'
export type { CompiledContract } from './compiled-contract.ts'
export { type Connection, type ConnectOptions, connect, connectReader, type ReadConnection } from './connect.ts'
export { type Deployment, type DeployOptions, deploy, PLAY } from './deploy.ts'
export { DEPLOYED_CIRCUITS } from './deploy-keys.ts'
export type { DeployedContract } from './deployer.ts'
export { doubtfulTerms } from './doubts.ts'
export * from './exit/index.ts'
export { type BatchOnChain, type PublishedBatchesOptions, publishedBatches } from './published-batches.ts'
export { type QueueEntry, type ReadQueueOptions, readQueue } from './queue.ts'
export { queueOperation } from './queue-operation.ts'
export { type CashOnChain, type ReadCashOptions, readCash } from './read-cash.ts'
export { readCover } from './read-cover.ts'
export { type FlaggedOnChain, type ReadFlaggedOptions, readFlagged, readResumedAt } from './read-flagged.ts'
export { readSettlement, type SettlementStatus } from './read-settlement.ts'
export * from './risk/index.ts'
export { type Settled, type SettleOptions, settle } from './settle.ts'
export { type Outcome, type SettleInOrderOptions, settleInOrder } from './settle-in-order.ts'
export { type SettledMany, type SettleManyOptions, settleMany } from './settle-many.ts'
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
export type { PendingChange, VenueNow } from './venue-now.ts'
export { readVerifierKey, type VerifierKey, verifierSources } from './verifier-key.ts'
export {
  type ContractCheck,
  type DeploymentCheck,
  type DeploymentRecord,
  type VerifyDeploymentOptions,
  verifyDeployment,
} from './verify-deployment.ts'

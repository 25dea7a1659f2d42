export {
  type BlockId,
  type ChainCheckpoint,
  type ChainFault,
  ChainRecovery,
  type ChainRecoveryOptions,
  type ReadOptions,
  type RecoveredExit,
} from './chain-recovery.ts'
export {
  type Payout,
  type PayoutOptions,
  payout,
  type RecordClaimOptions,
  type RecordedClaim,
  recordClaim,
  shareLeftovers,
} from './claims.ts'
export { type FreezeOptions, freeze } from './freeze.ts'
export type { ClaimPool } from './pools.ts'
export {
  type AccountExit,
  type Due,
  type ExitPeriod,
  type ExitStatus,
  type ReadExitOptions,
  readExit,
} from './read-exit.ts'
export { type AccountRecovery, recoverAccount } from './recover-account.ts'
export {
  type RefundableDepositsOptions,
  type RefundDepositOptions,
  refundableDeposits,
  refundDeposit,
} from './refunds.ts'

import type { Account } from '../account.ts'
import type { CashKind } from '../parameters.ts'
import type { BatchContext } from '../transition.ts'
import type { Settlement } from './expire.ts'
import type { CashOperation } from './operation.ts'

/** How much one cash batch takes at most: the size of the circuit that proves it. */
export interface CashBatchSizes {
  readonly name: string
  /** Operations; a transfer takes two. */
  readonly slots: number
}

export interface CashBatchContext extends BatchContext {
  readonly sizes: CashBatchSizes
  /** Lots of each asset that the accounts own together before the batch, as the contract counts them. */
  readonly vault: readonly bigint[]
}

/** What one slot did to its account. */
export interface CashSlot {
  readonly operation: CashOperation
  /** The operation's; of a transfer's second slot TRANSFER_IN. */
  readonly kind: CashKind
  readonly account: number
  /** undefined: the leaf was empty. */
  readonly before: Account | undefined
  readonly after: Account
  /** Lots of the asset that the account gave, to its owner on chain or to the other account of a transfer. */
  readonly paid: bigint
  /** The account was flagged, and is no longer (protocol.md#cure). */
  readonly cured: boolean
  /** The account has a position in a market that the table shelters; said of FORCED, and of DEPOSIT and CURE while it is flagged. */
  readonly exposed: boolean
  /** At what a position was paid out; of EXPIRE alone. */
  readonly settlement?: Settlement
  /** Lots of the asset that the vault had before the slot; 0 where the slot pays nothing out. */
  readonly available: bigint
}

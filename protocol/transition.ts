import type { Account } from './account.ts'
import type { RiskTable } from './risk-table.ts'
import type { State } from './state.ts'

/** What a batch is applied under, whatever its kind. All of this is public. */
export interface BatchContext {
  /** Unix seconds, 40 bits. */
  readonly timestamp: bigint
  readonly domain: bigint
  /** undefined before the first table; trading needs one. */
  readonly riskTable: RiskTable | undefined
}

/** One account that a batch touched. */
export interface TouchedAccount {
  readonly index: number
  /** undefined: the leaf was empty. */
  readonly before: Account | undefined
  readonly after: Account
}

/**
 * A batch, of whatever kind, that was applied to a state: the part from which the statement of its proof follows, and
 * which Settlement checks alike for every kind. Each kind adds what it was asked to do and what it did.
 */
export interface Transition {
  readonly context: BatchContext
  readonly before: State
  readonly after: State
  /** In ascending order of index. */
  readonly touched: readonly TouchedAccount[]
}

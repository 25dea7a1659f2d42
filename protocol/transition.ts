import type { Account } from './account.ts'
import type { RiskTable } from './risk-table.ts'
import type { State } from './state.ts'

/** What a batch is applied under, whatever its kind; all of it is public. */
export interface BatchContext {
  /** Unix seconds, 40 bits. */
  readonly timestamp: bigint
  readonly domain: bigint
  readonly riskTable: RiskTable
}

/** One account that a batch touched. */
export interface TouchedAccount {
  readonly index: number
  readonly before: Account
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

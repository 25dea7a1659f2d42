import { type Account, isFlagged } from '../account.ts'
import { isExposed, isFresh } from '../cash-batch/withdrawal.ts'
import { ZkclearError } from '../errors.ts'
import type { RiskTable } from '../risk-table.ts'
import { accountAt, type State } from '../state.ts'
import { auctionOf } from './auction.ts'

interface AuctionContext {
  readonly riskTable: RiskTable
  readonly timestamp: bigint
  readonly resumedAt: bigint
}

/** What takeovers and deleveragings both ask for. Each throws BATCH_UNPROVABLE, with the reason in its details. */

/** Returns the account of that index. */
export function requireAccount(state: State, index: number): Account {
  return accountAt(state, index) ?? unprovable('UNKNOWN_ACCOUNT', `no account ${index}`)
}

export function requireServing({ riskTable, timestamp }: AuctionContext): void {
  if (!isFresh({ table: riskTable, timestamp })) unprovable('STALE', 'the table does not serve at this time')
}

/** The account is flagged, and its auction is open (protocol.md#auction). Returns when it opened. */
export function requireOpenAuction(
  account: Account,
  index: number,
  { riskTable, timestamp, resumedAt }: AuctionContext,
): bigint {
  if (!isFlagged(account)) unprovable('NOT_FLAGGED', `account ${index} is not flagged`)
  const { opens, closes } = auctionOf(account, riskTable, resumedAt)
  if (timestamp < opens || timestamp > closes) {
    unprovable('AUCTION', `account ${index} is to be had from ${opens} to ${closes}; it is ${timestamp}`)
  }
  return opens
}

/** No price that may be false decides what the account owes, pays or takes over. */
export function requireUnexposed(account: Account, index: number, table: RiskTable): void {
  if (isExposed(account, table)) unprovable('SHELTERED', `account ${index} has a position in a sheltered market`)
}

export function unprovable(reason: string, message: string): never {
  throw new ZkclearError('BATCH_UNPROVABLE', message, { details: { reason } })
}

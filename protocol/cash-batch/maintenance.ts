import { type Account, isFlagged } from '../account.ts'
import { meetsMargin } from '../margin.ts'
import { BASIS_POINTS } from '../parameters.ts'
import type { RiskTable } from '../risk-table.ts'
import { HOUSE } from './house.ts'
import { isExposed, isFresh, needsNoPrices, type Prices } from './withdrawal.ts'

/** Why an account cannot be flagged (protocol.md#flag). */
export type FlagRefusal =
  /** The house is never flagged. */
  | 'HOUSE'
  /** There is no table, or its prices are not of that time. */
  | 'STALE'
  /** It is flagged, and the flag has not lapsed. */
  | 'FLAGGED'
  /** It has a position in a sheltered market. */
  | 'SHELTERED'
  /** It meets maintenance, its open orders counted as nothing. */
  | 'MARGIN'

/** Why the account at that index cannot be flagged; undefined if it can be. */
export function flagRefusal(index: number, account: Account, prices: Prices): FlagRefusal | undefined {
  if (index === HOUSE) return 'HOUSE'
  if (!isFresh(prices)) return 'STALE'
  const { table, timestamp } = prices as { readonly table: RiskTable; readonly timestamp: bigint }
  if (isFlagged(account) && !hasLapsed(account, table, timestamp)) return 'FLAGGED'
  if (isExposed(account, table)) return 'SHELTERED'
  // Orders of a suspended account are the ones that count as nothing.
  return meetsMargin({ ...account, suspended: true }, table, BASIS_POINTS) ? 'MARGIN' : undefined
}

/** Whether a flag is older than an auction takes (protocol.md#flag): then it bars its account, and nothing else. */
function hasLapsed(
  { flaggedAt }: Pick<Account, 'flaggedAt'>,
  { grace, auction }: Pick<RiskTable, 'grace' | 'auction'>,
  timestamp: bigint,
): boolean {
  return timestamp > flaggedAt + grace + auction
}

/**
 * Whether a flagged account is to be cured (protocol.md#cure): it meets maintenance, its open orders included, and is not
 * exposed; undefined where that takes prices and they are stale.
 */
export function isToBeCured(account: Account, prices: Prices): boolean | undefined {
  if (needsNoPrices(account)) return true
  if (!isFresh(prices)) return undefined
  return !isExposed(account, prices.table!) && meetsMargin(account, prices.table!, BASIS_POINTS)
}

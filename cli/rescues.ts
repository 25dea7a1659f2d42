import type { QueueEntry } from '../settlement/index.ts'
import type { LiquidationVenue } from './liquidate-venue.ts'

/** What waits in the queue that may save one of these accounts. */
export function rescuesOf(
  { entries }: Pick<LiquidationVenue, 'entries'>,
  accounts: readonly number[],
): readonly QueueEntry[] {
  return entries.filter(({ kind, account }) => (kind === 'DEPOSIT' || kind === 'CURE') && accounts.includes(account))
}

/** The same for programs. */
export function rescuesIn(entries: readonly QueueEntry[]) {
  return entries.map(({ index, kind, account }) => ({ account, entry: index, kind }))
}

import assert from 'node:assert/strict'
import type { Account } from '../../protocol/account.ts'
import { exitClaim, quoteAtMarks } from '../../protocol/exit.ts'
import type { State } from '../../protocol/state.ts'
import type { CashVenue } from './cash-venue.ts'

export function accountsOf({ accounts }: State): Account[] {
  return [...accounts.entries()].map(([, account]) => account)
}

/** What everybody is owed, were the venue to end here, is what the vault holds and what debtors do not pay. Counts the debtors. */
export function assertExitsConserve(venue: CashVenue): number {
  const accounts = accountsOf(venue.state)
  const claims = accounts.map((account) => exitClaim(account, venue.table))
  const fees = [...venue.state.books.entries()].reduce((sum, [, book]) => sum + book.fees, 0n)
  let unpaid = 0n
  let debtors = 0
  for (const [i, account] of accounts.entries()) {
    const quote = quoteAtMarks(account, venue.table)
    const claim = claims[i]!
    assert.ok(claim.every((lots, k) => lots >= 0n && (k === 0 || lots <= account.collateral[k]!)))
    if (quote >= 0n) assert.deepEqual(claim, [quote, ...account.collateral.slice(1)])
    else {
      unpaid -= quote
      debtors++
    }
  }
  const sum = (k: number) => claims.reduce((total, claim) => total + claim[k]!, 0n)
  assert.equal(sum(0) + fees, venue.ledger[0]! + unpaid)
  for (let k = 1; k < venue.ledger.length; k++) assert.ok(sum(k) <= venue.ledger[k]!)
  return debtors
}

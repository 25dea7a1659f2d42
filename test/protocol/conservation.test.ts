import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeTable, SMALL } from '../../lab/instances/model.ts'
import { exitClaim } from '../../protocol/exit.ts'
import { openInterestOf, type State } from '../../protocol/state.ts'
import { CashVenue } from '../support/cash-venue.ts'
import { accountsOf, assertExitsConserve } from '../support/exits-conserve.ts'
import { type Claimant, payouts } from '../support/payouts.ts'

function zeros(): bigint[] {
  return new Array<bigint>(SMALL.collaterals).fill(0n)
}

/** Funding is realised lazily, but at whatever index: as sizes sum to zero, this is what the vault holds. */
function owned(state: State): bigint[] {
  const total = zeros()
  for (const { collateral, positions } of accountsOf(state)) {
    for (const [k, lots] of collateral.entries()) total[k]! += lots
    for (const { size, fundingIndex } of positions) total[0]! += size * fundingIndex
  }
  for (const [, { fees }] of state.books.entries()) total[0]! += fees
  return total
}

test('whatever cash and trade batches do, accounts and books own what the vault holds, to the quantum, and open interest is kept', () => {
  const done = new Map<string, number>()
  let debtors = 0
  for (let seed = 1n; seed <= 40n; seed++) {
    const venue = new CashVenue(seed)
    assert.deepEqual(owned(venue.state), venue.ledger)
    venue.reprice()
    for (let i = 0; i < 120; i++) {
      venue.step()
      assert.deepEqual(owned(venue.state), venue.ledger)
      assert.deepEqual(venue.state.openInterest, openInterestOf(accountsOf(venue.state), SMALL))
    }
    debtors += assertExitsConserve(venue)
    for (const [kind, count] of venue.done) done.set(kind, (done.get(kind) ?? 0) + count)
  }
  for (const kind of ['DEPOSIT', 'FORCED', 'WITHDRAW', 'TRANSFER_OUT', 'SUSPEND', 'RESUME', 'SWEEP', 'FILL']) {
    assert.ok((done.get(kind) ?? 0) > 20, `only ${done.get(kind) ?? 0} of ${kind}`)
  }
  assert.ok(debtors > 0)
})

test('at the end all are paid out of the vault, in time, late or never, and what stays there is rounding alone', () => {
  const seen = { short: 0, late: 0 }
  for (let seed = 1n; seed <= 40n; seed++) {
    const venue = new CashVenue(seed)
    venue.reprice()
    for (let i = 0; i < 120; i++) venue.step()
    const claimants = [...venue.state.accounts.entries()].map(
      ([account, leaf]): Claimant => ({
        account,
        claims: exitClaim(leaf, venue.table),
        // In every other venue nobody is late, so that who owes can leave the vault short.
        when: (['in time', 'in time', 'late', 'never'] as const)[venue.below(seed % 2n === 0n ? 2 : 4)]!,
      }),
    )
    const paid = payouts(claimants, venue.ledger)
    const inTime = claimants.filter(({ when }) => when === 'in time')
    for (const [k, vault] of venue.ledger.entries()) {
      const sum = (those: readonly Claimant[], of: (one: Claimant) => bigint) =>
        those.reduce((total, one) => total + of(one), 0n)
      const total = sum(claimants, ({ account }) => paid.get(account)![k]!)
      assert.ok(total <= vault)
      const claimed = sum(inTime, ({ claims }) => claims[k]!)
      if (claimed > vault) seen.short++
      for (const { account, claims, when } of claimants) {
        const lots = paid.get(account)![k]!
        if (when === 'never') assert.equal(lots, 0n)
        else if (when === 'late') seen.late += Number(lots > 0n)
        else if (claimed <= vault)
          assert.ok(lots >= claims[k]!, 'a claim in time is paid in full where there is enough')
      }
      // Each account's share is rounded down once by each of the three rules.
      if (claimed > 0n) assert.ok(vault - total < 3n * BigInt(claimants.length))
    }
  }
  assert.ok(seen.short > 0 && seen.late > 0, JSON.stringify(seen))
})

test('what an account owes it pays with its other collateral, rounded for the pool', () => {
  const table = makeTable(SMALL) // asset 1: 3 quanta a lot at a weight of 90 %
  const account = (cash: bigint, lots: bigint) => ({
    ...accountsOf(new CashVenue(1n).state)[0]!,
    collateral: [cash, lots],
  })
  assert.deepEqual(exitClaim(account(-1n, 10n), table), [0n, 9n])
  assert.deepEqual(exitClaim(account(-27n, 10n), table), [0n, 0n])
  assert.deepEqual(exitClaim(account(-26n, 10n), table), [0n, 0n])
  assert.deepEqual(exitClaim(account(-24n, 10n), table), [0n, 1n])
  assert.deepEqual(exitClaim(account(-1000n, 10n), table), [0n, 0n])
  assert.deepEqual(exitClaim(account(5n, 10n), table), [5n, 10n])
  const worthless = { ...table, collaterals: [table.collaterals[0]!, { price: 0n, weight: 9_000n }] }
  assert.deepEqual(exitClaim(account(-1n, 10n), worthless), [0n, 0n])
})

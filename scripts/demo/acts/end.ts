import { claimInAnotherProcess, freezeWhenOverdue, payAndClaim } from '../death.ts'
import { expect } from '../expect.ts'
import type { MoneyResults } from '../money-sections.ts'
import { queueHistory } from '../queue-history.ts'
import { askForMoney } from '../withdrawals.ts'
import type { World } from '../world.ts'

export interface EndAct {
  readonly money: MoneyResults
  readonly frozen: { readonly early: string }
}

/** The venue dies: its prover is gone, and what it knew is used no more. One request waits that nobody serves. */
export async function actOfTheEnd({ stages, sample, chain, prover, owners, venue, cashier }: World): Promise<EndAct> {
  await askForMoney(owners, venue, chain)
  await prover[Symbol.asyncDispose]()
  const frozen = await stages.run('The venue dies; freeze it when a request is overdue', () => freezeWhenOverdue(chain))
  const claims = await stages.run('Recover, prove and claim in another process', (report) =>
    claimInAnotherProcess(chain, sample, report),
  )
  const exits = await stages.run('Pay the claims', (report) =>
    payAndClaim(chain, claims, [{ account: 0, signer: chain.settlement.signer }, ...owners], report),
  )
  const { points } = venue.ledger
  const { accounts } = cashier
  const money = { points, queue: await queueHistory(chain), accounts, exits, left: await chain.balances() }
  const { brought, taken, paid } = totals(money)
  expect(brought === taken + paid + money.left[0]!, 'every quantum that came in went out or is left')
  expect(
    money.left.every((lots) => lots < BigInt(exits.length)),
    'less than a quantum an account is left',
  )
  expect(
    ['long', 'short'].every((side) => exits.some((exit) => exit.side === side)),
    'longs and shorts exit',
  )
  return { money, frozen }
}

/** Quanta of all accounts together. */
export function totals({ accounts, exits }: Pick<MoneyResults, 'accounts' | 'exits'>) {
  const sum = (figures: readonly bigint[]) => figures.reduce((all, one) => all + one, 0n)
  return {
    brought: sum(accounts.map(({ brought }) => brought[0]!)),
    taken: sum(accounts.map(({ taken }) => taken[0]!)),
    paid: sum(exits.map(({ paid }) => paid[0]!)),
  }
}

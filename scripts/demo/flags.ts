import { isFlagged } from '../../protocol/account.ts'
import { type FlagRefusal, flagRefusal } from '../../protocol/cash-batch/maintenance.ts'
import { accountAt } from '../../protocol/state.ts'
import { deposit } from '../../settlement/index.ts'
import { expect } from './expect.ts'
import { mint } from './owners.ts'
import type { Report } from './progress.ts'
import type { World } from './world.ts'

/** Why no proof can flag the account at the venue's table, as soon as that is there. */
export function whyNotFlagged({ venue }: World, account: number): FlagRefusal | undefined {
  const table = venue.riskTable!
  return flagRefusal(account, accountAt(venue.state, account)!, { table, timestamp: table.asOf })
}

/** Proves that an account is below maintenance, and settles that. Gives the flag's time. */
export async function flag({ venue }: World, account: number, report: Report): Promise<bigint> {
  await venue.serve(report, { operations: [{ kind: 'FLAG', account }] })
  const { flaggedAt } = accountAt(venue.state, account)!
  expect(flaggedAt > 0n, `account ${account} is flagged`)
  return flaggedAt
}

/** The owner of a flagged account brings cash, and the deposit itself takes the flag away: no prover has a say in it. */
export async function rescue({ venue, chain, owners, cashier }: World, account: number, lots: bigint, report: Report) {
  const { signer } = owners.find((owner) => owner.account === account)!
  await mint(chain, 0, lots, signer)
  await deposit({ signer, settlement: chain.settlement.settlement, account, asset: 0, lots })
  cashier.brings(account, lots)
  await venue.serve(report)
  expect(!isFlagged(accountAt(venue.state, account)!), `the deposit cures account ${account}`)
}

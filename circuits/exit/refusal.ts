import { hashAccount } from '../../protocol/account.ts'
import { exitClaim, needsTable } from '../../protocol/exit.ts'
import { poseidon } from '../../protocol/hash.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { Tree } from '../../protocol/tree.ts'
import type { ExitStatement, ExitWitness } from './statement.ts'

/** Why the claim is false of this statement and witness, in the order of the template's steps. */
export function exitRefusal(statement: ExitStatement, witness: ExitWitness): string | undefined {
  const { account, riskTable } = witness
  if (stateRootOf(statement, witness) !== statement.stateRoot) {
    return 'stateRoot is not that of the account, its path and marketsRoot'
  }
  if (riskTable === undefined && needsTable(account))
    return 'the account has positions or a debt, and no table is given'
  if (riskTable !== undefined && hashRiskTable(riskTable) !== statement.riskRoot) {
    return 'riskRoot is not that of the risk table'
  }
  const asset = exitClaim(account, riskTable).findIndex((lots, k) => lots !== statement.claim[k])
  return asset < 0 ? undefined : `claim[${asset}] is not what the account is owed`
}

function stateRootOf({ account: index }: ExitStatement, { account, children, marketsRoot }: ExitWitness): bigint {
  const openings = [{ index: Number(index), leaf: account, children }]
  const accounts = Tree.fromOpenings(children.length, hashAccount, openings)
  return poseidon('STATE', [accounts.root, marketsRoot])
}

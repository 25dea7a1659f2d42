import { hashAccount, ownerCommitment } from '../../protocol/account.ts'
import { poseidon } from '../../protocol/hash.ts'
import { excesses } from '../../protocol/margin.ts'
import { min } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { Tree } from '../../protocol/tree.ts'
import { type MarginStatement, type MarginWitness, marginNullifier } from './statement.ts'

/**
 * Why the claim is false of this statement and witness, in the order of the template's steps. By how much the account misses
 * the ratio is said: to its owner, who alone can prove it.
 */
export function marginRefusal(statement: MarginStatement, witness: MarginWitness): string | undefined {
  const { account, riskTable, ownerSecret } = witness
  if (hashRiskTable(riskTable) !== statement.riskRoot) return 'riskRoot is not that of the risk table'
  if (ownerCommitment(ownerSecret) !== account.ownerCommitment) return "the secret is not that of the account's owner"
  if (stateRootOf(witness) !== statement.stateRoot)
    return 'stateRoot is not that of the account, its path and marketsRoot'
  const all = excesses(account, riskTable, statement.ratioBps)
  const worst = all.reduce(min)
  if (worst < 0n) {
    const missing = (BASIS_POINTS - 1n - worst) / BASIS_POINTS
    return `the account misses the ratio of ${statement.ratioBps} bps by ${missing} quanta, in scenario ${all.indexOf(worst)}`
  }
  if (marginNullifier(statement.domain, ownerSecret, statement.context) !== statement.nullifier) {
    return 'the nullifier is not that of the owner, the venue and the context'
  }
  return undefined
}

function stateRootOf({ account, index, path, marketsRoot }: MarginWitness): bigint {
  const { children } = path
  const accounts = Tree.fromOpenings(children.length, hashAccount, [{ index, leaf: account, children }])
  return poseidon('STATE', [accounts.root, marketsRoot])
}

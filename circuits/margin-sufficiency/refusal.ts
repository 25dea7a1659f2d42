import { excesses } from '../../protocol/margin.ts'
import { min } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { nullifierRefusal, openingRefusal } from '../state/owned-account.ts'
import type { MarginStatement, MarginWitness } from './statement.ts'

/**
 * Why the claim is false of this statement and witness. By how much the account misses the ratio is said: to its owner, who
 * alone can prove it.
 */
export function marginRefusal(statement: MarginStatement, witness: MarginWitness): string | undefined {
  const opening = openingRefusal(statement, witness)
  if (opening !== undefined) return opening
  const all = excesses(witness.account, witness.riskTable, statement.ratioBps)
  const worst = all.reduce(min)
  if (worst < 0n) {
    const missing = (BASIS_POINTS - 1n - worst) / BASIS_POINTS
    return `the account misses the ratio of ${statement.ratioBps} bps by ${missing} quanta, in scenario ${all.indexOf(worst)}`
  }
  return nullifierRefusal(statement, witness)
}

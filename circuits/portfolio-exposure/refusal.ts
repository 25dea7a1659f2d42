import { scenarioOutside, scenarioProfits } from '../../protocol/exposure.ts'
import { nullifierRefusal, openingRefusal } from '../state/owned-account.ts'
import type { ExposureStatement, ExposureWitness } from './statement.ts'

/** Why the claim is false of this statement and witness. The profit is said: to the account's owner, who alone can prove it. */
export function exposureRefusal(statement: ExposureStatement, witness: ExposureWitness): string | undefined {
  const opening = openingRefusal(statement, witness)
  if (opening !== undefined) return opening
  const profits = scenarioProfits(witness.account, witness.riskTable)
  if (profits.length !== statement.low.length)
    return `the table has ${profits.length} scenarios beside the first, and there are ${statement.low.length} bounds`
  const s = scenarioOutside(witness.account, witness.riskTable, statement)
  if (s !== undefined) {
    const [low, high] = [statement.low[s - 1], statement.high[s - 1]]
    return `the account's profit is ${profits[s - 1]} quanta in scenario ${s}, not in [${low}, ${high}]`
  }
  return nullifierRefusal(statement, witness)
}

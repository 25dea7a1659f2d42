import { ZkclearError } from '../../protocol/errors.ts'
import { hashRiskParameters } from '../../protocol/risk/parameter-words.ts'
import { packReportValues } from '../../protocol/risk/report.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { packListings, type RiskUpdateStatement, type RiskUpdateWitness } from './statement.ts'
import { riskUpdateOf } from './update.ts'

/** Why the claim is false of this statement and witness. */
export function riskUpdateRefusal(
  statement: RiskUpdateStatement,
  witness: RiskUpdateWitness,
  shape: VenueShape,
): string | undefined {
  const { parameters, before } = witness
  if (hashRiskParameters(parameters) !== statement.parametersRoot) return 'parametersRoot is not that of the parameters'
  const oldRiskRoot = before === undefined ? 0n : hashRiskTable(before.table)
  if (oldRiskRoot !== statement.oldRiskRoot) return 'oldRiskRoot is not that of the table before'
  try {
    const { medians, after, relisted } = riskUpdateOf(witness, shape)
    if (medians.asOf !== statement.asOf) return 'asOf is not the median time of the reports'
    const words = packReportValues(medians)
    if (words.some((word, i) => word !== statement.medians[i])) return 'medians are not those of the reports'
    if (packListings(witness.retired, relisted) !== statement.listings) {
      return 'listings are not the retired markets and those of them that are relisted'
    }
    if (hashRiskTable(after.table) !== statement.newRiskRoot) return 'newRiskRoot is not that of the table that follows'
    return undefined
  } catch (error) {
    if (!(error instanceof ZkclearError)) throw error
    return `${error.path === undefined ? '' : `${error.path} `}${error.message}`
  }
}

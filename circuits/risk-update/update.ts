import { type MedianReport, medianReport } from '../../protocol/risk/median.ts'
import { hashRiskParameters } from '../../protocol/risk/parameter-words.ts'
import { packReportValues } from '../../protocol/risk/report.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../protocol/risk/update.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { packListings, type RiskUpdateStatement, type RiskUpdateWitness } from './statement.ts'

/** The medians of the witness's reports, and the table that follows. Throws REPORT_REFUSED and as `applyRiskUpdate` does. */
export function riskUpdateOf(
  { parameters, before, reports, retired }: RiskUpdateWitness,
  shape: VenueShape,
): { readonly medians: MedianReport; readonly after: RiskSnapshot; readonly relisted: bigint } {
  const { feedSet, oracles, quorum, reportAge } = parameters
  const rules = { feedSet, oracles, quorum, reportAge, oldAsOf: before?.table.asOf ?? 0n, shape }
  const medians = medianReport(reports, rules)
  const { relisted, ...after } = applyRiskUpdate(before, medians, parameters, shape, retired)
  return { medians, after, relisted }
}

/** What the witness proves, for the contract of that domain. Throws as {@link riskUpdateOf} does. */
export function riskUpdateStatement(
  witness: RiskUpdateWitness,
  domain: bigint,
  shape: VenueShape,
): { readonly statement: RiskUpdateStatement; readonly after: RiskSnapshot } {
  const { medians, after, relisted } = riskUpdateOf(witness, shape)
  const statement = {
    domain,
    asOf: medians.asOf,
    parametersRoot: hashRiskParameters(witness.parameters),
    oldRiskRoot: witness.before === undefined ? 0n : hashRiskTable(witness.before.table),
    newRiskRoot: hashRiskTable(after.table),
    listings: packListings(witness.retired, relisted),
    medians: packReportValues(medians),
  }
  return { statement, after }
}

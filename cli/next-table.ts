import { type RiskUpdateStatement, type RiskUpdateWitness, riskUpdateStatement } from '../circuits/risk-update/index.ts'
import { collectReports } from '../oracle/index.ts'
import { chooseReports, type TimeWindow } from '../protocol/risk/choose-reports.ts'
import type { RiskParameters } from '../protocol/risk/parameters.ts'
import type { RiskSnapshot } from '../protocol/risk/update.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { createProver } from '../prover/index.ts'
import { describeBackend } from '../prover/select-backend.ts'
import { encodeRiskSnapshot } from '../venue/index.ts'
import { proofDocument } from '../verifier/proof-document.ts'
import { jsonText } from './json-text.ts'
import type { KeyOptions } from './options.ts'
import { openOutputFile } from './output-file.ts'
import type { Session } from './session.ts'
import { tableText } from './table.ts'

/** What the next table is made from, besides reports. */
export interface TableBasis {
  readonly profile: ProfileName
  readonly parameters: RiskParameters
  /** undefined for the first table. */
  readonly before: RiskSnapshot | undefined
  /** Markets that were retired on chain, a bit for each. */
  readonly retired: bigint
  /** Of the contract that the proof is for. */
  readonly domain: bigint
  /** When the contract takes it. */
  readonly window: TimeWindow
}

/** A report that is not used, and why. */
interface LeftOutReport {
  readonly place: string
  readonly reason: string
}

export interface NextTable {
  readonly profile: ProfileName
  readonly witness: RiskUpdateWitness
  readonly statement: RiskUpdateStatement
  readonly after: RiskSnapshot
  readonly leftOut: readonly LeftOutReport[]
}

/** Collects reports from those places, and makes the next table of the best set of them. Throws REPORT_REFUSED. */
export async function nextTable(
  places: readonly string[],
  { profile, parameters, before, retired, domain, window }: TableBasis,
  { signal, warn }: Session,
): Promise<NextTable> {
  const shape = venueShape(profile)
  const collected = await collectReports(places, { profile, signal })
  const rules = { ...parameters, oldAsOf: before?.table.asOf ?? 0n, shape }
  const signed = collected.reports.map((report) => report.signed)
  const chosen = chooseReports(signed, rules, window)
  const leftOut = [
    ...collected.leftOut.map(({ place, message }) => ({ place, reason: message })),
    ...chosen.leftOut.map(({ index, reason }) => ({ place: collected.reports[index]!.place, reason })),
  ]
  for (const { place, reason } of leftOut) warn(`${place} is left out: ${reason}`)
  const witness = { parameters, before, reports: chosen.reports, retired }
  return { profile, witness, leftOut, ...riskUpdateStatement(witness, domain, shape) }
}

export interface TableFiles extends KeyOptions {
  /** The proof's. */
  readonly out: string
  /** The new table's, with what the next update needs. */
  readonly snapshotOut: string
}

/** Proves the table and writes both files, the proof first: a snapshot can be computed again. Says what was done. */
export async function proveTable(
  { profile, witness, statement, after, leftOut }: NextTable,
  files: TableFiles,
  { signal, onProgress, warn }: Session,
) {
  const { out, snapshotOut } = files
  await using proofFile = await openOutputFile(out)
  await using snapshotFile = await openOutputFile(snapshotOut)
  const circuits = ['risk-update'] as const
  await using prover = await createProver({ ...files, profile, circuits, signal, onProgress, onWarning: warn })
  const proved = await prover.prove('risk-update', statement, witness, { signal, onProgress })
  await proofFile.commit(jsonText(proofDocument(proved, profile)))
  await snapshotFile.commit(jsonText(encodeRiskSnapshot(after, profile)))
  const reports = witness.reports.length
  const rows = after.table.markets.map(({ mark, fundingIndex, phase }, m) => [m, mark, fundingIndex, phase])
  return {
    proof: proved.proof,
    document: {
      ...{ out, snapshotOut, profile, reports, leftOut, statement },
      ...{ timings: proved.timings, backend: prover.backend },
    },
    text: `${tableText(['market', 'mark', 'funding index', 'phase'], rows)}
table of second ${after.table.asOf}, risk root ${statement.newRiskRoot}, from ${reports} reports
${describeBackend(prover.backend)}`,
  }
}

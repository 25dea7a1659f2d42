import { z } from 'zod'
import { toField } from '../../protocol/numbers.ts'
import { BASIS_POINTS, BITS, FUNDING_PERIOD, PPM, SETTLEMENT_WINDOW } from '../../protocol/parameters.ts'
import { checkRiskParameters } from '../../protocol/risk/check-parameters.ts'
import { hashRiskMemory } from '../../protocol/risk/memory.ts'
import { riskParametersFromWords, riskParameterWords } from '../../protocol/risk/parameter-words.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import type { SignedReport } from '../../protocol/risk/report.ts'
import type { RiskSnapshot } from '../../protocol/risk/update.ts'
import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { decodeReport, encodeReport } from './report-file.ts'
import { assertProfile, decodeWith, domain, field, fileHead, type Json, list, time, toJson, uint } from './schema.ts'
import { invalid } from './state-file.ts'
import { assertTableFits, riskTable } from './venue-files.ts'

const memory = z.strictObject({
  underlyings: list(
    z.strictObject({
      index: uint(BITS.indexPrice),
      sampleIndex: uint(BITS.indexPrice),
      sampleTime: time,
      variance: uint(BITS.variance),
      shock: uint(20),
      closedUntil: uint(BITS.time + 1),
      closedSince: time,
    }),
  ),
  markets: list(
    z.strictObject({
      identity: field,
      expiry: time,
      averageSum: uint(BITS.indexPrice + 11),
      averageSeconds: uint(11),
      settlement: uint(BITS.price + 1),
      fundingRest: uint(15),
    }),
  ),
})

const snapshot = z.strictObject({ table: riskTable, memory })
const snapshotFile = z.strictObject({ ...fileHead, ...snapshot.shape })

/** Risk snapshot file: `{ version: 1, profile, table, memory }`, a proved table with what the next one needs to know. Public. */
export function encodeRiskSnapshot({ table, memory }: RiskSnapshot, profile: ProfileName): Json {
  return toJson({ version: 1, profile, table, memory })
}

/** Throws INPUT_INVALID, naming the field; also where the memory is not the one that the table commits to. */
export function decodeRiskSnapshot(json: unknown, profile: ProfileName): RiskSnapshot {
  const { version: _, profile: found, ...given } = decodeWith(snapshotFile, json, 'INPUT_INVALID', 'snapshot')
  assertProfile(found, profile, 'INPUT_INVALID', 'snapshot')
  return requireSnapshot(given, venueShape(profile), 'snapshot')
}

function requireSnapshot(given: RiskSnapshot, shape: VenueShape, path: string): RiskSnapshot {
  const { table, memory } = given
  assertTableFits(table, shape, `${path}.table`)
  for (const name of ['underlyings', 'markets'] as const) {
    if (memory[name].length !== shape[name]) throw invalid(`${path}.memory.${name}`, `must be a list of ${shape[name]}`)
  }
  // What the table's commitment does not hold, or the words of a proved table cannot be.
  for (const [i, { mark, scenarioPrices }] of table.markets.entries()) {
    if (mark !== scenarioPrices[0])
      throw invalid(`${path}.table.markets[${i}].mark`, 'must be the first scenario price')
  }
  const [cash] = table.collaterals
  if (cash!.price !== 1n || cash!.weight !== BASIS_POINTS) {
    throw invalid(`${path}.table.collaterals[0]`, `must have price 1 and weight ${BASIS_POINTS}: it is cash`)
  }
  for (const [i, { index, sampleIndex, sampleTime, shock }] of memory.underlyings.entries()) {
    const holds = index >= 1n && sampleIndex >= 1n && sampleTime <= table.asOf && shock <= PPM
    if (!holds) throw invalid(`${path}.memory.underlyings[${i}]`, 'is of no table that was proved')
  }
  for (const [i, { averageSeconds, settlement, fundingRest }] of memory.markets.entries()) {
    const isPrice = settlement === 0n || settlement - 1n === table.markets[i]!.mark
    if (averageSeconds > SETTLEMENT_WINDOW || !isPrice || fundingRest >= FUNDING_PERIOD) {
      throw invalid(`${path}.memory.markets[${i}]`, 'is of no table that was proved')
    }
  }
  if (hashRiskMemory(memory) !== table.memory) throw invalid(`${path}.table.memory`, 'is not the hash of the memory')
  return given
}

/** What a risk update is proved from, for the contract of that domain. */
export interface RiskUpdateDocument {
  readonly domain: bigint
  readonly parameters: RiskParameters
  /** undefined for the first table. */
  readonly before: RiskSnapshot | undefined
  readonly reports: readonly SignedReport[]
  /** Markets that were retired on chain, a bit for each. */
  readonly retired: bigint
}

const updateFile = z.strictObject({
  ...fileHead,
  domain,
  parameters: list(field),
  before: snapshot.optional(),
  reports: list(z.unknown()),
  retired: uint(16).default(0n),
})

/**
 * Risk update file: `{ version: 1, profile, domain, parameters, before?, reports, retired? }`: the words of the parameters, the snapshot of
 * the table before, and report files. Public.
 */
export function encodeRiskUpdate(
  { domain, parameters, before, reports, retired }: RiskUpdateDocument,
  profile: ProfileName,
): Json {
  const words = riskParameterWords(parameters).map(toField)
  const files = reports.map((signed) => encodeReport(signed, profile))
  return toJson({ version: 1, profile, domain, parameters: words, before, reports: files, retired })
}

/** Throws INPUT_INVALID, naming the field, or RISK_PARAMETERS_INVALID. Whether the reports can be used, `medianReport` says. */
export function decodeRiskUpdate(json: unknown, profile: ProfileName): RiskUpdateDocument {
  const file = decodeWith(updateFile, json, 'INPUT_INVALID', 'update')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'update')
  const shape = venueShape(profile)
  const parameters = riskParametersFromWords(file.parameters, shape)
  checkRiskParameters(parameters, shape)
  const before = file.before === undefined ? undefined : requireSnapshot(file.before, shape, 'update.before')
  return {
    domain: file.domain,
    parameters,
    before,
    reports: file.reports.map((one) => decodeReport(one, profile)),
    retired: file.retired,
  }
}

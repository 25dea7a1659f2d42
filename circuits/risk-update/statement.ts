import { BITS } from '../../protocol/parameters.ts'
import { publicData } from '../../protocol/public-data.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { packedReportWords, type SignedReport } from '../../protocol/risk/report.ts'
import type { RiskSnapshot } from '../../protocol/risk/update.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { STATE_MOVE_SIGNALS } from '../state/statement.ts'
import { requireBigints, type StatementCodec, statementCodec } from '../statement.ts'

/** The number of the list of words that a risk update publishes, as a kind of batch has one; no batch has it. */
export const RISK_UPDATE_KIND = 254

/** Markets of any profile are no more: the bits of a set of them, whatever the profile. */
const MOST_MARKETS = 16n

/** What a risk update's proof says: the next table has that root. */
export interface RiskUpdateStatement {
  readonly domain: bigint
  /** Unix seconds of the new table: the median of the reports' timestamps. */
  readonly asOf: bigint
  readonly parametersRoot: bigint
  /** 0 if there is no table before. */
  readonly oldRiskRoot: bigint
  readonly newRiskRoot: bigint
  /** retired * 2^16 + relisted: markets that were retired on chain, and those of them that become something else, a bit for each. */
  readonly listings: bigint
  /** The medians of what the oracles reported, packed (protocol.md#oracle-reports). */
  readonly medians: readonly bigint[]
}

/** What it takes to prove it. Nothing of it is secret. */
export interface RiskUpdateWitness {
  readonly parameters: RiskParameters
  /** The table before; undefined for the first one. */
  readonly before: RiskSnapshot | undefined
  /** At most one of each oracle, in any order. */
  readonly reports: readonly SignedReport[]
  /** Markets that were retired on chain, a bit for each. */
  readonly retired: bigint
}

/** The word of markets that were retired, a bit for each, and those of them that are relisted. */
export function packListings(retired: bigint, relisted: bigint): bigint {
  return (retired << MOST_MARKETS) | relisted
}

/** Of that word, what was retired. */
export function retiredOf(listings: bigint): bigint {
  return listings >> MOST_MARKETS
}

const head = statementCodec<Omit<RiskUpdateStatement, 'medians'>>({
  domain: 248,
  asOf: BITS.time,
  parametersRoot: 'field',
  oldRiskRoot: 'field',
  newRiskRoot: 'field',
  listings: Number(2n * MOST_MARKETS),
})

export const riskUpdateCodec: Omit<StatementCodec<RiskUpdateStatement>, 'decodeStatement'> = {
  publicSignals: STATE_MOVE_SIGNALS,
  statementFields: ['domain', 'asOf', 'parametersRoot', 'oldRiskRoot', 'newRiskRoot', 'listings', 'medians'],
  statementOf(fields) {
    const { medians, ...rest } = Object(fields)
    return { ...head.statementOf(rest), medians: requireBigints(medians, 'statement.medians') }
  },
  encodeStatement(given) {
    const statement = riskUpdateCodec.statementOf({ ...given })
    const { commitment, challenge, value } = publicData(statement.domain, RISK_UPDATE_KIND, riskUpdateWords(statement))
    return [commitment, challenge, value]
  },
}

/** How many words an update of that profile publishes. */
export function riskUpdateWordCount(profile: ProfileName): number {
  return HEAD_WORDS + packedReportWords(venueShape(profile))
}

/** Words before the medians. */
const HEAD_WORDS = 6

/** The statement of these words: the inverse of {@link riskUpdateWords}. */
export function riskUpdateOfWords(words: readonly bigint[]): RiskUpdateStatement {
  const [domain, asOf, parametersRoot, oldRiskRoot, newRiskRoot, listings, ...medians] = words
  return riskUpdateCodec.statementOf({ domain, asOf, parametersRoot, oldRiskRoot, newRiskRoot, listings, medians })
}

/** The words that stand for the statement. */
export function riskUpdateWords(statement: RiskUpdateStatement): readonly bigint[] {
  const { domain, asOf, parametersRoot, oldRiskRoot, newRiskRoot, listings, medians } = statement
  return [domain, asOf, parametersRoot, oldRiskRoot, newRiskRoot, listings, ...medians]
}

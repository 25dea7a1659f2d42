import { type ErrorCode, ZkclearError } from '../protocol/errors.ts'
import { isReportValid, type SignedReport } from '../protocol/risk/report.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { decodeReport } from '../venue/files/report-file.ts'
import { type JsonSource, jsonFile, jsonUrl } from './json-source.ts'
import { isAddress, placeName } from './place-name.ts'

export interface CollectReportsOptions {
  readonly profile: ProfileName
  /** How long each place may take. Default 5000: a table is worth more soon than complete. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Results name an address without its query, where a token can be. */
export interface CollectedReports {
  /** In the order of the places; each is well-formed and has the signature of the key that it names. */
  readonly reports: readonly { readonly place: string; readonly signed: SignedReport }[]
  /** Why another place gave none. */
  readonly leftOut: readonly { readonly place: string; readonly code: ErrorCode; readonly message: string }[]
}

const TIMEOUT_MS = 5_000

/**
 * Asks all places at once, http(s) addresses or files, for a signed report. What does not answer in time, or answers something
 * else, is left out, and said. Which of the reports make a table, `chooseReports` says. Throws INPUT_INVALID for an address that
 * is none or has a user or password; the signal's reason if that fires.
 *
 * @example
 * const { reports, leftOut } = await collectReports(['http://127.0.0.1:9477/report', 'report.json'], { profile: 'small' })
 */
export async function collectReports(
  places: readonly string[],
  { profile, timeoutMs = TIMEOUT_MS, signal }: CollectReportsOptions,
): Promise<CollectedReports> {
  const sources = places.map((place) => (isAddress(place) ? jsonUrl(place, timeoutMs) : jsonFile(place, timeoutMs)))
  const outcomes = await Promise.all(sources.map((source) => reportOf(source, profile, signal)))
  signal?.throwIfAborted()
  const names = places.map(placeName)
  return {
    reports: names.flatMap((place, i) => {
      const outcome = outcomes[i]!
      return outcome instanceof ZkclearError ? [] : [{ place, signed: outcome }]
    }),
    leftOut: names.flatMap((place, i) => {
      const outcome = outcomes[i]!
      return outcome instanceof ZkclearError ? [{ place, code: outcome.code, message: outcome.message }] : []
    }),
  }
}

async function reportOf(
  source: JsonSource,
  profile: ProfileName,
  signal: AbortSignal | undefined,
): Promise<SignedReport | ZkclearError> {
  try {
    const signed = decodeReport(await source.read(signal), profile)
    if (isReportValid(signed, venueShape(profile))) return signed
    return new ZkclearError('REPORT_REFUSED', `${source.name} has a report whose signature does not hold`)
  } catch (error) {
    if (error instanceof ZkclearError) return error
    signal?.throwIfAborted()
    throw error
  }
}

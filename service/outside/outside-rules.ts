import type { AlertFact, Findings } from '../alerts/alerts.ts'
import { closing, frozen, paused, queueLate, solvencyDrift, tableMissing, tableOld } from '../alerts/chain-rules.ts'
import { batchLate } from '../alerts/line-rules.ts'
import type { ChainFacts } from './chain-facts.ts'
import type { LogFacts } from './log-facts.ts'
import type { VenueFacts } from './venue-facts.ts'

export interface OutsideFacts {
  readonly chain: ChainFacts
  readonly venue: VenueFacts
  /** undefined where the venue is silent. */
  readonly log: LogFacts | undefined
}

/** Where the venue does not say for how long a table serves, as the sample's. Seconds. */
const MAX_AGE = 3_600n
/** How far the clock of a venue in which something waits may be behind the chain's time: entries count after confirmations. Seconds. */
const STUCK = 180n

/** What somebody outside finds who believes the chain, and of the venue what convicts it. Pure. */
export function outsideFindings({ chain, venue, log }: OutsideFacts): Findings {
  const { time, frozenAt, pausedUntil, closingFrom, front } = chain
  const { status } = venue
  const isLive = frozenAt === 0n
  const table = chain.table && { asOf: chain.table.asOf, maxAge: venue.maxAge ?? MAX_AGE }
  const [oldest] = isLive ? (status?.batches.unsettled ?? []) : []
  return {
    FROZEN: frozen(frozenAt),
    PAUSED: isLive ? paused(pausedUntil, time) : undefined,
    CLOSING: closing(closingFrom, time),
    SOLVENCY_DRIFT: solvencyDrift(holdingsOf(chain, venue)),
    QUEUE_LATE: queueLate(isLive ? front : undefined, time),
    TABLE_MISSING: isLive ? tableMissing(table) : undefined,
    TABLE_OLD: isLive ? tableOld(table, time) : undefined,
    BATCH_LATE: batchLate(oldest && { batch: oldest.index, timestamp: oldest.timestamp }, time),
    VENUE_SILENT: venueSilent(venue, log),
    RECORDS_STUCK: isLive ? recordsStuck(chain, venue) : undefined,
    LOG_DIFFERS: logDiffers(log),
  }
}

/** With the journal's vault, where it says that it stands where the chain does. */
export function holdingsOf({ holdings, stateRoot }: ChainFacts, { status }: VenueFacts) {
  const isSame = status?.batches.settledRoot === stateRoot
  return holdings.map((held) => ({ ...held, journal: isSame ? status?.batches.settledVault[held.asset] : undefined }))
}

/** Time is written down wherever something waits for it, such as an entry of the queue. */
function recordsStuck({ time, front }: ChainFacts, { status }: VenueFacts): AlertFact | undefined {
  // What a batch of the venue serves already waits for its settlement, and for no record.
  if (status === undefined || front === undefined || status.queue.first > front.number) return undefined
  const asked = front.askedAt ?? 0n
  const clock = status.clock / 1000n
  const since = clock > asked ? clock : asked
  if (time <= since + STUCK) return undefined
  return {
    cause: `entry ${front.number} of the contract's queue waits, and the venue's clock stands still`,
    countdown: { to: 'FREEZE', at: front.deadline },
  }
}

/** Who hides the log answers all else. */
function venueSilent({ silence }: VenueFacts, log: LogFacts | undefined): AlertFact | undefined {
  if (silence !== undefined) return { cause: `the venue does not say how it is: ${silence}` }
  if (log?.silence === undefined) return undefined
  return { cause: `the venue answers, and its log cannot be held against the chain: ${log.silence}` }
}

function logDiffers(log: LogFacts | undefined): AlertFact | undefined {
  const [fault] = log?.faults ?? []
  return fault === undefined ? undefined : { cause: `the log does not go with what it showed before: ${fault}` }
}

import type { Alert } from '../client/wire/alerts.ts'
import { solvencyDrift } from '../service/alerts/chain-rules.ts'
import { holdingsOf, type OutsideFacts } from '../service/outside/outside-rules.ts'
import { tableText } from './table.ts'
import { durationText, timeText } from './time-text.ts'

/** What was seen from outside, for people: a table of what was looked at, then a line for each alert. */
export function watchText(facts: OutsideFacts, alerts: readonly Alert[]): string {
  const { chain, venue, log } = facts
  const rows = [
    ['solvency', solvencyText(facts)],
    ['queue', queueText(facts)],
    ['risk table', tableTextOf(facts)],
    [
      'last settlement',
      chain.batches === 0n ? 'none yet' : `batch ${chain.batches}, of ${ago(chain.lastBatchAt, chain.time)}`,
    ],
    ['venue', venueText(facts)],
    ['log', logText(log)],
    [
      'it says itself',
      venue.status === undefined ? '' : venue.status.alerts.map(({ code }) => code).join(', ') || 'nothing',
    ],
  ]
  return [tableText(['what', 'is'], rows), ...alerts.map((alert) => alertText(alert, chain.time))].join('\n')
}

/** One line. `now`: unix seconds. */
export function alertText({ code, severity, cause, countdown, runbook }: Alert, now: bigint): string {
  const left = countdown === undefined ? '' : ` (${countdown.to} ${leftText(countdown.at - now)})`
  return `${severity}: ${code}: ${cause}${left}; ${runbook}`
}

function leftText(seconds: bigint): string {
  return seconds > 0n ? `in ${durationText(seconds)}` : 'now'
}

function ago(time: bigint, now: bigint): string {
  return now > time ? `${durationText(now - time)} ago` : timeText(time)
}

function solvencyText({ chain, venue }: OutsideFacts): string {
  const told = chain.holdings.map(({ asset, vault, queued, claimable, balance }) => {
    return `asset ${asset}: ${balance} lots for ${vault + queued + claimable}`
  })
  return solvencyDrift(holdingsOf(chain, venue)) === undefined ? told.join('; ') : `NOT EVEN: ${told.join('; ')}`
}

function queueText({ chain: { waiting, front, time } }: OutsideFacts): string {
  if (front === undefined) return 'nothing waits'
  const since = front.askedAt === undefined ? '' : `, the first since ${durationText(time - front.askedAt)}`
  return `${waiting} wait${since}; FREEZE ${leftText(front.deadline - time)}`
}

function tableTextOf({ chain: { table, time }, venue: { maxAge } }: OutsideFacts): string {
  if (table === undefined) return 'none yet'
  const left = maxAge === undefined ? '' : `; TRADING_STOPS ${leftText(table.asOf + maxAge - time)}`
  return `of ${ago(table.asOf, time)}${left}`
}

function venueText({ venue: { status, silence }, chain: { time } }: OutsideFacts): string {
  if (status === undefined) return `SILENT: ${silence}`
  const { records, clock, batches } = status
  // Its clock is that of its last record.
  return `${records} records, the last one of ${ago(clock / 1000n, time)}; ${batches.settled} of ${batches.sealed} batches settled`
}

function logText(log: OutsideFacts['log']): string {
  if (log === undefined) return 'cannot be asked for'
  if (log.faults.length > 0) return `FALSE: ${log.faults.join('; ')}`
  if (log.silence !== undefined) return `SILENT: ${log.silence}`
  return `${log.size === undefined ? 'no head' : `${log.size} records`}; ${log.anchors} anchors hold`
}

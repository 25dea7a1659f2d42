import process from 'node:process'
import { ALERT_CODES } from '../../client/wire/alerts.ts'
import type { OperatorState } from '../../client/wire/operator.ts'
import { SEVERITY } from '../alerts/severity.ts'
import type { Family, Sample } from './exposition.ts'

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => {
  return { name: `zkclear_${name}`, help, type: 'gauge', samples }
}
const one = (value: number | bigint | undefined): Sample[] => {
  return value === undefined ? [] : [{ labels: {}, value: Number(value) }]
}
const each = (label: string, values: Readonly<Record<string, number | bigint | undefined>>): Sample[] =>
  Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ labels: { [label]: name }, value: Number(value) }],
  )

/** What the state of a venue is in numbers, of no account and none's of the house. Pure. */
export function stateFamilies(state: OperatorState): readonly Family[] {
  return [...ofAlerts(state), ...ofLine(state), ...ofMarkets(state), ...ofMachine(state), ...ofMoney(state)]
}

function ofAlerts({ alerts, time }: OperatorState): Family[] {
  const stands = new Set(alerts.map(({ code }) => code))
  const codes = ALERT_CODES.map((code): Sample => {
    return { labels: { code, severity: SEVERITY[code] }, value: Number(stands.has(code)) }
  })
  const counted = alerts.flatMap(({ code, countdown }): Sample[] => {
    if (countdown === undefined) return []
    return [{ labels: { code, to: countdown.to }, value: Number(countdown.at - time) }]
  })
  return [
    gauge('alert', 'Whether an alert stands; docs/operations.md#alerts says what to do', codes),
    gauge('countdown_seconds', 'Seconds until what an alert counts down to', counted),
  ]
}

function ofLine({ venue, batches, queue, table, intake, time, breaker, line, log }: OperatorState): Family[] {
  const { sealed, proved, settled, final } = batches
  const deadline = queue.deadline === undefined ? undefined : queue.deadline - time
  return [
    gauge('start_time_seconds', 'When this process began, unix seconds', one(venue.startedAt / 1000)),
    gauge('records', 'Records of the journal', one(venue.records)),
    gauge('log_size', 'Records that the head of the log has', one(log.size)),
    gauge(
      'batches',
      'Number of the last batch that reached a stage',
      each('stage', { sealed, proved, settled, final }),
    ),
    gauge('queue_waiting', "Entries that wait in the contract's queue", one(queue.waiting)),
    gauge('queue_deadline_seconds', 'Seconds until its first entry must be served', one(deadline)),
    gauge('table_age_seconds', 'Age of the newest risk table', one(table && time - table.asOf)),
    gauge('table_left_seconds', 'Seconds for which it serves', one(table && table.expiresAt - time)),
    gauge('intake_waiting', 'Messages that no batch has yet', one(intake.open + intake.waiting)),
    gauge('intake_credit', 'Messages that may be accepted now', one(intake.credit)),
    gauge('stopped', 'Whether the line has stopped', one(Number(line.stopped !== undefined))),
    gauge('halted', 'Whether nothing is made now', one(Number(line.halted !== undefined))),
    gauge('paused', 'Whether trading is paused', one(Number(breaker.pausedUntil > time))),
    gauge('frozen', 'Whether the venue is frozen', one(Number(breaker.frozenAt !== 0n))),
  ]
}

function ofMarkets({ books, insurance }: OperatorState): Family[] {
  const sides = books.flatMap(({ market, bids, asks }): Sample[] => [
    { labels: { market: `${market}`, side: 'buy' }, value: bids },
    { labels: { market: `${market}`, side: 'sell' }, value: asks },
  ])
  const interest = books.map(({ market, openInterest }): Sample => {
    return { labels: { market: `${market}` }, value: Number(openInterest) }
  })
  return [
    gauge('book_orders', 'Orders that rest in a book', sides),
    gauge('open_interest_lots', 'Lots that accounts hold in a market, long and short together', interest),
    gauge('flagged_accounts', 'Accounts that are flagged', one(insurance.flagged)),
    gauge('cover_quanta', 'Quanta that the house may pay for takeovers now', one(insurance.coverNow)),
  ]
}

function ofMachine({ proving, workers, disk, backup, at }: OperatorState): Family[] {
  const { ready, leased, failed, dead } = proving.jobs
  const count = (state: string) => workers.filter((worker) => worker.state === state).length
  const states = { proving: count('proving'), idle: count('idle'), lost: count('lost') }
  const age = backup === undefined ? undefined : (at - backup.at) / 1000
  return [
    gauge('jobs', 'Jobs of batches that are not proved', each('state', { ready, leased, failed, dead })),
    gauge('workers', 'Workers that came to this process', each('state', states)),
    gauge('disk_bytes', "The disk of the venue's data", each('of', { free: disk?.free, total: disk?.total })),
    gauge('backup_age_seconds', 'Age of the newest backup', one(age)),
    gauge('memory_bytes', 'Resident memory of the process', one(process.memoryUsage.rss())),
  ]
}

function ofMoney({ solvency, gas = [] }: OperatorState): Family[] {
  const lots = (solvency?.assets ?? []).flatMap(({ asset, vault, journal, queued, claimable, balance }) =>
    each('of', { vault, journal, queued, claimable, balance }).map(
      ({ labels, value }): Sample => ({ labels: { asset: `${asset}`, ...labels }, value }),
    ),
  )
  const purses = (pick: (purse: (typeof gas)[number]) => bigint | undefined) =>
    gas.flatMap((purse) => {
      const value = pick(purse)
      return value === undefined ? [] : [{ labels: { address: purse.address }, value: Number(value) }]
    })
  return [
    gauge(
      'asset_lots',
      'Lots of an asset: vault, queued and claimable as the contract counts them, vault by the journal, balance of the token',
      lots,
    ),
    gauge('solvent', 'Whether these agree', one(solvency && Number(solvency.isEven))),
    gauge(
      'gas_wei',
      'What those have who pay for settlements',
      purses(({ balance }) => balance),
    ),
    gauge(
      'gas_settlements',
      'For how many settlements that is enough now',
      purses(({ settlements }) => settlements),
    ),
  ]
}

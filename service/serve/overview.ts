import type { OperatorState } from '../../client/wire/operator.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { ProofTimes } from '../dispatcher/proof-times.ts'
import type { Roster } from '../dispatcher/roster.ts'
import type { VenueLog } from '../log/venue-log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { operatorStateOf } from '../operator/state.ts'
import type { Queryable } from '../postgres/database.ts'
import type { IntakeCredit } from '../sequencer/credit.ts'
import type { ChainView } from '../watcher/chain-view.ts'
import type { BatchCircuits } from '../writer/job-changes.ts'
import type { Writer } from '../writer/writer.ts'
import type { Health } from './health.ts'
import { unprovedJobs } from './proofs.ts'
import type { Stages } from './stages.ts'

/** What those who run a venue see beside its journal. */
export interface Sight {
  readonly about: Omit<OperatorState['venue'], 'records'>
  readonly stages: Stages
  readonly roster: Roster
  readonly times: ProofTimes
  readonly health: Health
  readonly metrics: Metrics
}

export interface OverviewParts extends Sight {
  readonly database: Queryable
  readonly circuits: BatchCircuits
  readonly writer: Pick<Writer, 'written'>
  readonly alerts: Alerts
  readonly log: Pick<VenueLog, 'head' | 'key'>
}

/** What of it the venue's loops know. */
export interface LoopFacts {
  readonly line: OperatorState['line']
  readonly chain: ChainView | undefined
  readonly credit: IntakeCredit
  readonly flagged: number
}

/** The whole state of the venue as it is now. */
export async function overviewOf(parts: OverviewParts, facts: LoopFacts): Promise<OperatorState> {
  const { about: venue, database, circuits, writer, alerts, stages, roster, times, health, log } = parts
  const { written: state } = writer
  const jobs = await unprovedJobs(database, state, circuits)
  const { size, root } = log.head
  return operatorStateOf({
    ...{ ...facts, venue, state, jobs, alerts: alerts.list, stages: stages.list },
    ...{ workers: roster.list, times: times.list, health: health.facts, now: Date.now() },
    log: { size, root: Buffer.from(root).toString('base64'), key: log.key },
  })
}

import type { OperatorState } from '../../client/wire/operator.ts'
import type { Alerts } from '../alerts/alerts.ts'
import { Refusal } from '../http/refusal.ts'
import { reviveJob } from '../jobs/revive-job.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { lineDocument } from '../operator/line.ts'
import type { Operations } from '../operator/routes.ts'
import type { Database } from '../postgres/database.ts'
import { batchAt } from '../sequencer/state.ts'
import { type BatchCircuits, hasJob, jobOfBatch } from '../writer/job-changes.ts'
import type { Writer } from '../writer/writer.ts'
import { unprovedJobs } from './proofs.ts'
import { messagesOf, type Wanted } from './remaking.ts'

export interface OperationsParts {
  readonly database: Database
  readonly writer: Pick<Writer, 'state' | 'written'>
  readonly circuits: BatchCircuits
  readonly alerts: Alerts
  readonly line: {
    /** Why nothing is settled until a person looked, and why nothing may be made now. */
    stopped(): string | undefined
    halted(): string | undefined
    resume(): void
    /** Has a rewind made as soon as no settlement is under way. */
    want(wanted: Wanted): void
  }
  /** The whole state of the venue. */
  overview(line: OperatorState['line']): Promise<OperatorState>
  readonly metrics: Metrics
}

/** What an operator sees and does of a venue's line. */
export function operationsOf({
  database,
  writer,
  circuits,
  alerts,
  line,
  overview,
  metrics,
}: OperationsParts): Operations {
  const standing = () => {
    const [stopped, halted] = [line.stopped(), line.halted()]
    return { ...(stopped !== undefined && { stopped }), ...(halted !== undefined && { halted }) }
  }
  return {
    async line() {
      const { written: state } = writer
      const jobs = await unprovedJobs(database, state, circuits)
      return lineDocument({ state, stopped: line.stopped(), halted: line.halted(), jobs, alerts: alerts.list })
    },
    state: (approvals) => overview({ ...standing(), approvals }),
    async metrics() {
      return metrics.text(await overview({ ...standing(), approvals: [] }))
    },
    stopped: () => line.stopped(),
    resume() {
      if (line.stopped() === undefined) throw new Refusal(409, 'NOT_STOPPED', 'the line has not stopped')
      line.resume()
    },
    async retry(index) {
      const batch = batchAt(writer.written, index)
      const isThere = batch !== undefined && hasJob(batch)
      if (isThere && (await reviveJob(database, jobOfBatch(batch, circuits)))) return
      throw new Refusal(409, 'NO_DEAD_LETTER', `the job of batch ${index} is no dead letter`)
    },
    omit(records) {
      const known = messagesOf(writer.state)
      const missing = records.filter((record) => !known.has(record))
      if (missing.length === 0) return line.want({ cause: 'OPERATOR', without: records })
      const message = `records ${missing.join(', ')} are no messages that wait or are not settled`
      throw new Refusal(409, 'NO_MESSAGE', message)
    },
  }
}

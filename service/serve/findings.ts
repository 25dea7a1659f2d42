import type { Findings } from '../alerts/alerts.ts'
import { closing, frozen, paused, queueLate, sheltered, tableMissing, tableOld } from '../alerts/chain-rules.ts'
import {
  batchLate,
  deadLetter,
  type LineEntry,
  proofFailed,
  settlementLate,
  tableLeaving,
} from '../alerts/line-rules.ts'
import { workerLost, workersMissing } from '../alerts/machine-rules.ts'
import type { WorkerReport } from '../dispatcher/roster.ts'
import { isSameTable } from '../sequencer/same-table.ts'
import { type SequencerState, unsettled } from '../sequencer/state.ts'
import type { ChainView } from '../watcher/chain-view.ts'
import { GRACE } from '../watcher/rewind-due.ts'
import type { ProofReport } from './proofs.ts'
import type { Stages } from './stages.ts'

/** What the chain's view says of the venue. Pure. */
export function chainFindings(state: SequencerState, chain: ChainView): Findings {
  const { time, pausedUntil, closingFrom, frozenAt, queue } = chain
  // What else is late or old of a frozen venue does not come any more.
  const isLive = frozenAt === 0n
  const [first] = isLive ? queue.entries : []
  const front = first && { number: queue.first, deadline: first.deadline, askedAt: first.askedAt }
  const [oldest] = isLive ? lineOf(state) : []
  return {
    QUEUE_LATE: queueLate(front, time),
    TABLE_MISSING: tableMissing(state.table),
    TABLE_OLD: isLive ? tableOld(state.table, time) : undefined,
    TABLE_LEAVING: tableLeaving(oldest, leavesAt(state, chain), time),
    BATCH_LATE: batchLate(oldest, time),
    SHELTERED: isLive ? sheltered((state.table?.markets ?? []).map(({ phase }) => phase)) : undefined,
    PAUSED: isLive ? paused(pausedUntil, time) : undefined,
    CLOSING: closing(closingFrom, time),
    FROZEN: frozen(frozenAt),
  }
}

/** When the oldest unsettled batch is made anew for its table's sake; undefined if that is the newest. */
function leavesAt(state: SequencerState, { table }: ChainView): bigint | undefined {
  const used = unsettled(state)[0]?.work.transition.context.riskTable
  if (used === undefined || table === undefined || isSameTable(used, table.table)) return undefined
  return table.postedAt + GRACE
}

export interface ProvingFacts {
  readonly state: SequencerState
  /** Of the batches that are not known to be proved. */
  readonly reports: readonly ProofReport[]
  readonly stages: Stages
  readonly workers: readonly WorkerReport[]
  /** Since when workers can be heard of, and now: unix milliseconds. */
  readonly since: number
  readonly now: number
}

/** What jobs and workers say of it. Pure. */
export function provingFindings({ state, reports, stages, workers, since, now }: ProvingFacts): Findings {
  const [oldest] = lineOf(state)
  const isLost = (report: ProofReport) => report.state === 'failed' || report.state === 'dead'
  const found = reports.find(isLost)
  const { errorCode, why } = found ?? { errorCode: null }
  const lost = found && { ...entryOf(found.batch), state: found.state as 'failed' | 'dead', errorCode, why }
  const waiting = reports.find((report) => report.state === 'ready')
  const provedAt = oldest && stages.at(oldest.batch)?.times.proved
  const settling = oldest && provedAt !== undefined && { ...oldest, provedAt: BigInt(Math.floor(provedAt / 1000)) }
  return {
    PROOF_FAILED: proofFailed(lost),
    DEAD_LETTER: deadLetter(lost),
    SETTLEMENT_LATE: settlementLate(settling || undefined, BigInt(Math.floor(now / 1000))),
    WORKER_LOST: workerLost(workers, now),
    WORKERS_MISSING: workersMissing({ workers, waiting: waiting && entryOf(waiting.batch), since }, now),
  }
}

function lineOf(state: SequencerState): readonly LineEntry[] {
  return unsettled(state).map(entryOf)
}

function entryOf({ index, work }: ReturnType<typeof unsettled>[number]): LineEntry {
  return { batch: index, timestamp: work.transition.context.timestamp }
}

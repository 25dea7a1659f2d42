import type { Alert } from '../../client/wire/alerts.ts'
import { type OperatorState, STAGES, type Stage } from '../../client/wire/operator.ts'
import { HOUSE } from '../../protocol/cash-batch/house.ts'
import { accountAt } from '../../protocol/state.ts'
import { solvencyDrift } from '../alerts/chain-rules.ts'
import { SILENT_MS } from '../alerts/machine-rules.ts'
import type { ProofTimesReport } from '../dispatcher/proof-times.ts'
import type { WorkerReport } from '../dispatcher/roster.ts'
import type { IntakeCredit } from '../sequencer/credit.ts'
import { currentState, lastIndex, ledgerOf, type SequencerState } from '../sequencer/state.ts'
import type { HealthFacts } from '../serve/health.ts'
import type { ProofReport } from '../serve/proofs.ts'
import type { StagedBatch } from '../serve/stages.ts'
import type { ChainView } from '../watcher/chain-view.ts'
import { bookSizes } from './book-sizes.ts'

export interface StateFacts {
  readonly venue: Omit<OperatorState['venue'], 'records'>
  /** As far as it is on disk. */
  readonly state: SequencerState
  /** undefined before the chain was read. */
  readonly chain: ChainView | undefined
  readonly credit: IntakeCredit
  readonly alerts: readonly Alert[]
  readonly line: OperatorState['line']
  readonly stages: readonly StagedBatch[]
  /** Jobs of the batches that are not known to be proved. */
  readonly jobs: readonly ProofReport[]
  readonly workers: readonly WorkerReport[]
  readonly times: readonly ProofTimesReport[]
  readonly health: HealthFacts
  readonly flagged: number
  readonly log: OperatorState['log']
  /** Unix milliseconds. */
  readonly now: number
}

/** The whole state of a venue for those who run it. Pure. */
export function operatorStateOf(facts: StateFacts): OperatorState {
  const { venue, state, chain, credit, alerts, line, now, log, flagged } = facts
  const { timestamp, settledIndex, finalIndex, open, waiting, table } = state
  return {
    time: chain?.time ?? timestamp,
    at: now,
    venue: { ...venue, records: state.records },
    alerts: [...alerts],
    line,
    breaker: {
      pausedUntil: state.pausedUntil,
      ...(state.closingFrom !== undefined && { closingFrom: state.closingFrom }),
      frozenAt: chain?.frozenAt ?? 0n,
    },
    batches: {
      ...{ sealed: lastIndex(state), proved: provedIndex(state), settled: settledIndex, final: finalIndex },
      list: facts.stages.map((staged) => batchOf(staged, facts)),
    },
    queue: queueOf(facts),
    ...(table !== undefined && {
      table: {
        asOf: table.asOf,
        ...{ postedAt: chain?.table?.postedAt ?? table.asOf, expiresAt: table.asOf + table.maxAge },
      },
    }),
    intake: { open: open.items.length, waiting: waiting.length, credit: credit.messages },
    books: bookSizes(state),
    proving: { times: facts.times.map(timesOf), jobs: jobCounts(facts.jobs) },
    workers: facts.workers.map((worker) => workerOf(worker, facts)),
    insurance: insuranceOf(facts, flagged),
    log,
    ...standing(facts.health),
  }
}

type Circuit = OperatorState['batches']['list'][number]['circuit']

function provedIndex({ batches, ...state }: SequencerState): number {
  const firstUnproved = batches.find(({ index, proved }) => index > state.settledIndex && !proved)?.index
  return firstUnproved === undefined ? lastIndex({ ...state, batches }) : firstUnproved - 1
}

function batchOf(staged: StagedBatch, { jobs, workers, state }: StateFacts) {
  const { index, circuit, messages, operations, timestamp, times } = staged
  const job = jobs.find(({ batch }) => batch.index === index)
  const worker = job && workers.find((one) => one.job === job.id)?.id
  return {
    ...{ batch: index, circuit, messages, ...(circuit === 'cash-batch' && { operations }), timestamp, stages: times },
    stage: stageOf(index, times, state),
    ...(job !== undefined && {
      job: {
        ...{ state: job.state, attempts: job.attempts },
        ...(worker !== undefined && { worker }),
        ...(job.errorCode !== null && { error: job.errorCode }),
      },
    }),
  }
}

/** Also of batches whose times are not known, as they came before this process. */
function stageOf(
  index: number,
  times: StagedBatch['times'],
  { settledIndex, finalIndex, batches }: SequencerState,
): Stage {
  if (index <= finalIndex) return 'final'
  if (index <= settledIndex) return 'mined'
  const batch = batches.find((one) => one.index === index)
  if (batch?.sent) return 'sent'
  if (batch?.proved) return 'proved'
  return STAGES.filter((stage) => times[stage] !== undefined).at(-1) === 'witnessed' ? 'witnessed' : 'cut'
}

function queueOf({ state, chain }: StateFacts): OperatorState['queue'] {
  const { queue } = chain ?? {}
  const first = queue?.entries[0]
  return {
    waiting: queue?.entries.length ?? 0,
    first: queue?.first ?? ledgerOf(state).served,
    ...(first?.askedAt !== undefined && { askedAt: first.askedAt }),
    ...(first !== undefined && { deadline: first.deadline }),
    isStalled: state.stalled !== undefined,
  }
}

function timesOf({ circuit, ...times }: ProofTimesReport) {
  return { circuit: circuit as Circuit, ...times }
}

function jobCounts(jobs: readonly ProofReport[]): OperatorState['proving']['jobs'] {
  const count = (state: string) => jobs.filter((job) => job.state === state).length
  return { ready: count('ready'), leased: count('leased'), failed: count('failed'), dead: count('dead') }
}

function workerOf({ id, name, heardAt, job, proofs, failures }: WorkerReport, { jobs, now }: StateFacts) {
  const batch = job === undefined ? undefined : jobs.find((one) => one.id === job)?.batch.index
  const state = now - heardAt > SILENT_MS ? 'lost' : job === undefined ? 'idle' : 'proving'
  return { id, name, state, heardAt, proofs, failures, ...(batch !== undefined && { batch }) } as const
}

function insuranceOf({ state, health: { cover } }: StateFacts, flagged: number): OperatorState['insurance'] {
  const house = accountAt(currentState(state), HOUSE)
  return {
    ...(house !== undefined && { house: [...house.collateral] }),
    ...(cover !== undefined && { coverNow: cover.now, coverPerHour: cover.perHour }),
    flagged,
  }
}

function standing({ solvency, gas, disk, backup }: HealthFacts) {
  return {
    ...(solvency !== undefined && {
      solvency: {
        ...{ readAt: solvency.readAt, batch: solvency.batch },
        isEven: solvencyDrift(solvency.holdings) === undefined,
        assets: solvency.holdings.map(({ journal, ...held }) => ({
          ...held,
          ...(journal !== undefined && { journal }),
        })),
      },
    }),
    ...(gas !== undefined && { gas: [...gas] }),
    ...(disk !== undefined && { disk }),
    ...(backup?.backupAt !== undefined && { backup: { at: backup.backupAt } }),
  }
}

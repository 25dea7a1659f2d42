import type { Alert } from '../../client/wire/alerts.ts'
import type { StatusAnswer } from '../../client/wire/status.ts'
import type { IntakeCredit } from '../sequencer/credit.ts'
import { lastIndex, ledgerAt, ledgerOf, ledgerRoot, type SequencerState, unsettled } from '../sequencer/state.ts'

export interface StatusFacts {
  readonly settlement: string
  readonly epoch: bigint
  readonly state: SequencerState
  readonly credit: IntakeCredit
  readonly alerts: readonly Alert[]
}

/** What anybody may know of the venue: nothing of an account. */
export function statusDocument({ settlement, epoch, state, credit, alerts }: StatusFacts): StatusAnswer {
  const { config, settledIndex, finalIndex } = state
  const made = unsettled(state)
  const { served } = ledgerOf(state)
  const waiting = state.entries.slice(Number(served - state.firstEntry))
  const firstUnproved = made.find(({ proved }) => !proved)?.index
  const last = lastIndex(state)
  const settled = ledgerAt(state, settledIndex)
  return {
    ...{ settlement, profile: config.profile, domain: config.domain, epoch },
    ...{ records: state.records, clock: state.clock },
    batches: {
      ...{ sealed: last, proved: firstUnproved === undefined ? last : firstUnproved - 1 },
      ...{ settled: settledIndex, final: finalIndex },
      settledRoot: ledgerRoot(settled),
      settledVault: [...settled.vault],
      unsettled: made.map(({ index, work, proved, items }) => {
        const { timestamp } = work.transition.context
        return { index, circuit: work.circuit, timestamp, proved, messages: items.length }
      }),
    },
    queue: {
      first: served,
      waiting: waiting.length,
      ...(waiting[0] !== undefined && { firstDeadline: waiting[0].deadline }),
      isStalled: state.stalled !== undefined,
    },
    backlog: { open: state.open.items.length, waiting: state.waiting.length },
    credit,
    // What causes them, in words that a node or a worker may have chosen, is for operators.
    alerts: alerts.map(({ code, severity, since, countdown }) => ({
      ...{ code, severity, since },
      ...(countdown !== undefined && { countdown }),
    })),
  }
}

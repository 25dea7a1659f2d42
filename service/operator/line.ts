import type { Alert } from '../../client/wire/alerts.ts'
import { toJson } from '../../venue/files/schema.ts'
import { type Item, type SequencerState, unsettled } from '../sequencer/state.ts'
import type { ProofReport } from '../serve/proofs.ts'

export interface LineFacts {
  readonly state: SequencerState
  /** Why nothing is settled until a person resumes; why nothing is made now. */
  readonly stopped: string | undefined
  readonly halted: string | undefined
  /** Jobs of the batches that are not known to be proved. */
  readonly jobs: readonly ProofReport[]
  readonly alerts: readonly Alert[]
}

/** What an operator sees of the line: each batch that is not settled, where its proof stands, and which messages it includes. */
export function lineDocument({ state, stopped, halted, jobs, alerts }: LineFacts): object {
  const batches = unsettled(state).map(({ index, work, items, proved, sent }) => {
    const job = jobs.find(({ batch }) => batch.index === index)
    return {
      ...{ index, circuit: work.circuit, timestamp: work.transition.context.timestamp, proved, sent },
      job: job && { state: job.state, error: job.errorCode ?? undefined },
      messages: items.map(messageOf),
    }
  })
  return toJson({ settled: state.settledIndex, stopped, halted, alerts, batches }) as object
}

/** By its record, which is what `omit` names; with its account, and nothing of what it says. */
function messageOf(item: Item) {
  return { record: item.record, account: item.account, kind: 'bundle' in item ? 'bundle' : item.signed.message.kind }
}

import type { OperatorState, Stage } from '../../client/wire/operator.ts'
import type { ProofTime } from '../dispatcher/roster.ts'
import type { StagedBatch } from '../serve/stages.ts'
import type { ReducedStep } from '../writer/writer.ts'
import { exposition, type Family } from './exposition.ts'
import { Histogram } from './histogram.ts'
import { stateFamilies } from './state-families.ts'

/** Seconds: from half a second, in which a batch is cut, to the quarter of an hour after which the contract takes it no more. */
const BOUNDS = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900]

/** What a venue counts while it runs, in the form that Prometheus reads. */
export class Metrics {
  readonly #stages = new Histogram(
    { name: 'zkclear_batch_stage_seconds', help: 'Seconds from when a batch was cut until it reached a stage' },
    BOUNDS,
  )
  readonly #proofs = new Histogram(
    { name: 'zkclear_proof_seconds', help: 'Seconds from when a worker took a job until its proof was stored' },
    BOUNDS,
  )
  readonly #records = new Map<string, number>()

  stage({ circuit, times }: StagedBatch, stage: Stage): void {
    const { cut } = times
    if (cut !== undefined && stage !== 'cut') this.#stages.observe({ circuit, stage }, (times[stage]! - cut) / 1000)
  }

  proof({ circuit, milliseconds }: ProofTime): void {
    this.#proofs.observe({ circuit }, milliseconds / 1000)
  }

  /** Records by what they are: how many messages were accepted, how often all was made anew. */
  records(steps: readonly ReducedStep[]): void {
    for (const { record } of steps) this.#records.set(record.kind, (this.#records.get(record.kind) ?? 0) + 1)
  }

  text(state: OperatorState): string {
    const records: Family = {
      ...{ name: 'zkclear_records_total', help: 'Records that this process wrote, by kind', type: 'counter' },
      samples: [...this.#records].map(([kind, value]) => ({ labels: { kind }, value })),
    }
    return exposition([...stateFamilies(state), records, this.#stages.family, this.#proofs.family])
  }
}

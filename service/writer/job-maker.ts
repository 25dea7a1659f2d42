import { siblingModule } from '../../circom/paths.ts'
import type { StateMoveStatement } from '../../circuits/state/statement.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { hashStateAhead } from '../../protocol/state.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { openingsOf } from '../../venue/files/openings.ts'
import { encodeInput } from '../jobs/input.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import { statementOf } from '../sequencer/instance.ts'
import { rootOf, type SealedBatch } from '../sequencer/state.ts'
import { Thread } from '../threads/thread.ts'
import type { TradeJobAnswer, TradeJobAsked } from './trade-job-thread.ts'

/** What proves a batch: in public, and in private as workers get it. */
export interface JobContent {
  readonly statement: StateMoveStatement
  readonly input: Uint8Array
}

/** Works out what proves a batch. */
export interface JobMaker {
  make(batch: SealedBatch, circuit: ServedCircuit): Promise<JobContent>
}

/** In this thread. */
export const makesHere: JobMaker = {
  async make({ work }, { definition, profile }) {
    const statement = statementOf(work)
    return { statement, input: encodeInput(definition, profile, { statement, witness: work.transition }) }
  },
}

const MODULE = siblingModule(import.meta.url, './trade-job-thread')

/** Trade batches in a thread of its own, from what they read of the state; of the others, which are rare, it does as `makesHere`. */
export class ThreadedJobMaker implements JobMaker, AsyncDisposable {
  readonly #thread: Thread<TradeJobAsked, TradeJobAnswer>
  #table: RiskTable | undefined

  /** `onLost` gets why its thread ended by itself: no trade batch has a job any more, and so none is written. `module`: what that runs. */
  constructor(onLost: (error: Error) => void, module = MODULE) {
    this.#thread = new Thread({ module, task: 'makes the jobs of batches', onLost })
  }

  async make(batch: SealedBatch, circuit: ServedCircuit): Promise<JobContent> {
    const { index, work } = batch
    if (work.circuit !== 'trade-batch') return await makesHere.make(batch, circuit)
    const { before, after } = work.transition
    await hashStateAhead(before)
    const made = await this.#thread.ask(this.#asked(work.transition, circuit))
    await hashStateAhead(after)
    if (made.statement.newStateRoot === rootOf(batch)) return made
    throw new Error(`batch ${index} leads to another state in the thread that makes its job`)
  }

  #asked({ context, bundles, before, touched }: TradeBatch, { profile }: ServedCircuit): TradeJobAsked {
    const { riskTable, ...rest } = context
    const indices = touched.map(({ index }) => index)
    const opened = openingsOf(before, indices, context.market)
    const isKnown = this.#table === riskTable
    this.#table = riskTable
    return { profile, context: rest, riskTable: isKnown ? undefined : riskTable, bundles, before: opened }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]()
  }
}

import { cashBatchStatement } from '../../circuits/cash-batch/statement.ts'
import type { StateMoveStatement } from '../../circuits/state/statement.ts'
import { tradeBatchStatement } from '../../circuits/trade-batch/statement.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { encodeCashBatch } from '../../venue/files/cash-batch-file.ts'
import type { Json } from '../../venue/files/schema.ts'
import { encodeTradeBatch } from '../../venue/files/trade-batch-file.ts'
import type { SealedBatch } from './state.ts'

/** What a worker proves of a batch. */
export interface BatchInstance {
  readonly circuit: SealedBatch['work']['circuit']
  /** Public: what the proof says, and Settlement checks. */
  readonly statement: StateMoveStatement
  /** Private: the document that `readJob` of the circuit takes, as in a batch file. */
  readonly document: Json
}

/** What a proof of a batch says. */
export function statementOf(work: SealedBatch['work']): StateMoveStatement {
  const { circuit, transition } = work
  return circuit === 'trade-batch' ? tradeBatchStatement(transition) : cashBatchStatement(transition)
}

/** The statement of a sealed batch, and all that a prover needs. */
export function instanceOf({ index: number, work }: SealedBatch, profile: ProfileName): BatchInstance {
  const { circuit, transition } = work
  const document =
    circuit === 'trade-batch'
      ? encodeTradeBatch({ number, transition }, profile)
      : encodeCashBatch({ number, transition }, profile)
  return { circuit, statement: statementOf(work), document }
}

import { applyCashBatch, type CashBatch, operationsOf } from '../../protocol/cash-batch/cash-batch.ts'
import { nameOfCashWord } from '../../protocol/cash-batch/words.ts'
import { stateMoveRefusal } from '../state/refusal.ts'
import { type CashBatchStatement, cashBatchStatement } from './statement.ts'

/** Why the claim is false of this statement and transition: which word differs, or which rule the batch breaks. */
export function cashBatchRefusal(statement: CashBatchStatement, transition: CashBatch): string | undefined {
  const { before, context, sweep } = transition
  return stateMoveRefusal(
    statement,
    () => cashBatchStatement(applyCashBatch(before, operationsOf(transition), context, sweep?.market)),
    (place) => nameOfCashWord(place, { ...before.shape, ...context.sizes }),
  )
}

import type { CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { cashData, packCashData, unpackCashData } from '../../protocol/cash-batch/words.ts'
import { type StateMoveStatement, stateMoveCodec, statementOfWords } from '../state/statement.ts'

/** The number by which Settlement knows the circuit's verifier. */
export const CASH_BATCH_KIND = 1

/** What a cash-batch proof says: that operations on accounts moved the state so (protocol.md#cash-words). */
export type CashBatchStatement = StateMoveStatement

export const cashBatchCodec = stateMoveCodec(CASH_BATCH_KIND, unpackCashData)

/** The statement that a transition proves. */
export function cashBatchStatement(transition: CashBatch): CashBatchStatement {
  return statementOfWords(packCashData(cashData(transition)))
}

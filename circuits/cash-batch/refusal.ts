import { applyCashBatch, type CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import { nameOfCashWord } from '../../protocol/cash-batch/words.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { type CashBatchStatement, cashBatchStatement } from './statement.ts'

/** Why the claim is false of this statement and transition: which word differs, or which rule the batch breaks. */
export function cashBatchRefusal(statement: CashBatchStatement, transition: CashBatch): string | undefined {
  try {
    const { before, context, sweep } = transition
    const lawful = cashBatchStatement(applyCashBatch(before, operationsOf(transition), context, sweep?.market))
    const wrong = lawful.words.findIndex((word, i) => statement.words[i] !== word)
    return wrong < 0
      ? undefined
      : `${nameOfCashWord(wrong, lawful.words.length)} is not that of the batch when the rules are applied to it`
  } catch (error) {
    if (error instanceof ZkclearError) return error.message
    throw error
  }
}

function operationsOf({ slots }: CashBatch): CashOperation[] {
  return slots.filter(({ kind }) => kind !== 'TRANSFER_IN').map(({ operation }) => operation)
}

import type { CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { cashWordCount } from '../../protocol/cash-batch/words.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import type { RegisteredCircuit } from '../types.ts'
import { exampleCashBatch } from './example.ts'
import { type CashSizes, cashBatchInput } from './input.ts'
import { cashBatchRefusal } from './refusal.ts'
import { CASH_BATCH_REVIEW } from './review.ts'
import { cashArguments, cashBatchShapes } from './shapes.ts'
import { CASH_BATCH_SIZES } from './sizes.ts'
import { CASH_BATCH_KIND, type CashBatchStatement, cashBatchCodec, cashBatchStatement } from './statement.ts'

/** The venue proves that money moved as it was asked to; its witness is the transition that the model made. */
export const cashBatch: RegisteredCircuit<'cash-batch', CashBatchStatement, CashBatch> = {
  name: 'cash-batch',
  claim:
    'newStateRoot is what the operations make of oldStateRoot, in order, one on each used slot, and then at most one sweep of fees to the house; all that is public of them are the words.',
  template: 'CashBatch',
  settlementKind: CASH_BATCH_KIND,
  wordCount: (profile) => cashWordCount(sizesOf(profile)),
  source: 'cash-batch/cash-batch.circom',
  templateArguments: (profile) => cashArguments(sizesOf(profile)),
  ...cashBatchCodec,
  inputShapes: (profile) => cashBatchShapes(sizesOf(profile)),
  review: CASH_BATCH_REVIEW,
  example(profile, domain = 1n) {
    const batch = exampleCashBatch(profile, domain)
    return { statement: cashBatchStatement(batch), witness: batch }
  },
  async readJob(document, profile) {
    const { decodeCashBatch } = await import('../../venue/files/cash-batch-file.ts')
    const { transition } = decodeCashBatch(document, profile, CASH_BATCH_SIZES[profile])
    return { statement: cashBatchStatement(transition), witness: transition }
  },
  buildInput: (statement, transition, profile) => cashBatchInput(statement, transition, sizesOf(profile)),
  refusal: cashBatchRefusal,
}

function sizesOf(profile: ProfileName): CashSizes {
  return { ...venueShape(profile), ...CASH_BATCH_SIZES[profile] }
}

export { CASH_BATCH_SIZES } from './sizes.ts'
export { type CashBatchStatement, cashBatchStatement } from './statement.ts'

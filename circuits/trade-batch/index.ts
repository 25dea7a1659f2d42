import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { accountSlots } from '../../protocol/trade-batch/account-slots.ts'
import type { TradeBatch, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import { tradeWordCount } from '../../protocol/trade-batch/words.ts'
import type { RegisteredCircuit } from '../types.ts'
import { exampleBatch, exampleState } from './example.ts'
import { tradeBatchArguments, tradeBatchInput, tradeBatchShapes } from './input.ts'
import { tradeBatchRefusal } from './refusal.ts'
import { TRADE_BATCH_REVIEW } from './review.ts'
import { TRADE_BATCH_SIZES } from './sizes.ts'
import { TRADE_BATCH_KIND, type TradeBatchStatement, tradeBatchCodec, tradeBatchStatement } from './statement.ts'

/** The venue proves a batch; its witness is the batch as the model applied it. */
export const tradeBatch: RegisteredCircuit<'trade-batch', TradeBatchStatement, TradeBatch> = {
  name: 'trade-batch',
  claim:
    'newStateRoot is what the rules make of oldStateRoot, at riskRoot and this time, and some sequence of messages for one market, in bundles that their accounts signed for this domain, none replayed.',
  template: 'TradeBatch',
  settlementKind: TRADE_BATCH_KIND,
  wordCount: (profile) => tradeWordCount(accountSlots(TRADE_BATCH_SIZES[profile])),
  source: 'trade-batch/trade-batch.circom',
  templateArguments: (name) => tradeBatchArguments(sizesOf(name)),
  ...tradeBatchCodec,
  inputShapes: (name) => tradeBatchShapes(sizesOf(name)),
  review: TRADE_BATCH_REVIEW,
  example(profile, domain = 1n) {
    const batch = exampleBatch(exampleState(profile), domain)
    return { statement: tradeBatchStatement(batch), witness: batch }
  },
  async readJob(document, profile) {
    const { decodeTradeBatch } = await import('../../venue/files/trade-batch-file.ts')
    const { transition } = decodeTradeBatch(document, profile, TRADE_BATCH_SIZES[profile])
    return { statement: tradeBatchStatement(transition), witness: transition }
  },
  buildInput: (statement, transition, name) => tradeBatchInput(statement, transition, sizesOf(name)),
  refusal: tradeBatchRefusal,
}

function sizesOf(profile: ProfileName): VenueShape & TradeBatchSizes {
  return { ...venueShape(profile), ...TRADE_BATCH_SIZES[profile] }
}

export { TRADE_BATCH_SIZES } from './sizes.ts'
export { type TradeBatchStatement, tradeBatchStatement } from './statement.ts'

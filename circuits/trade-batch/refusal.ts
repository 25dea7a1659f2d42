import { accountSlots } from '../../protocol/trade-batch/account-slots.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { nameOfTradeWord } from '../../protocol/trade-batch/words.ts'
import { stateMoveRefusal } from '../state/refusal.ts'
import { type TradeBatchStatement, tradeBatchStatement } from './statement.ts'

/** Why the claim is false of this statement and transition: which word differs, or which rule the batch breaks. */
export function tradeBatchRefusal(statement: TradeBatchStatement, transition: TradeBatch): string | undefined {
  const { before, bundles, context } = transition
  return stateMoveRefusal(
    statement,
    () => tradeBatchStatement(applyTradeBatch(before, bundles, context)),
    (place) => nameOfTradeWord(place, accountSlots(context.sizes)),
  )
}

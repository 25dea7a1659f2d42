import type { Deleveraging } from '../../protocol/deleverage/close.ts'
import { applyDeleveraging } from '../../protocol/deleverage/deleverage.ts'
import { nameOfDeleveragingWord } from '../../protocol/deleverage/words.ts'
import { stateMoveRefusal } from '../state/refusal.ts'
import { type DeleverageStatement, deleverageStatement } from './statement.ts'

/** Why the claim is false of this statement and deleveraging: which word differs, or which rule it breaks. */
export function deleverageRefusal(statement: DeleverageStatement, made: Deleveraging): string | undefined {
  const { before, closing, context } = made
  const lawful = () => deleverageStatement(applyDeleveraging(before, closing, context))
  return stateMoveRefusal(statement, lawful, nameOfDeleveragingWord)
}

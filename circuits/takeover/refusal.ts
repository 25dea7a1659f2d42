import type { Takeover } from '../../protocol/takeover/pass.ts'
import { applyTakeover } from '../../protocol/takeover/takeover.ts'
import { nameOfTakeoverWord } from '../../protocol/takeover/words.ts'
import { stateMoveRefusal } from '../state/refusal.ts'
import { type TakeoverStatement, takeoverStatement } from './statement.ts'

/** Why the claim is false of this statement and takeover: which word differs, or which rule it breaks. */
export function takeoverRefusal(statement: TakeoverStatement, { before, bid, context }: Takeover): string | undefined {
  return stateMoveRefusal(statement, () => takeoverStatement(applyTakeover(before, bid, context)), nameOfTakeoverWord)
}

import { ZkclearError } from '../../protocol/errors.ts'
import { type StateMoveStatement, wordsOf } from './statement.ts'

/**
 * Why a claim is false: which word of the statement is not the one that the law yields, or which rule the batch breaks.
 * `lawful` applies the batch again and throws for a broken rule.
 */
export function stateMoveRefusal(
  statement: StateMoveStatement,
  lawful: () => StateMoveStatement,
  nameOfWord: (place: number) => string,
): string | undefined {
  try {
    const [given, words] = [wordsOf(statement), wordsOf(lawful())]
    const wrong = words.findIndex((word, i) => given[i] !== word)
    return wrong < 0 ? undefined : `${nameOfWord(wrong)} is not that of the batch when the rules are applied to it`
  } catch (error) {
    if (error instanceof ZkclearError) return error.message
    throw error
  }
}

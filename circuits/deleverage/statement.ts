import type { Deleveraging } from '../../protocol/deleverage/close.ts'
import { deleveragingData, packDeleveragingData, unpackDeleveragingData } from '../../protocol/deleverage/words.ts'
import { type StateMoveStatement, stateMoveCodec, statementOfWords } from '../state/statement.ts'

/** The number by which Settlement knows the circuit's verifier. */
export const DELEVERAGE_KIND = 3

/** What a deleveraging's proof says: that lots of one bankrupt account were closed against another's (protocol.md#deleverage). */
export type DeleverageStatement = StateMoveStatement

export const deleverageCodec = stateMoveCodec(DELEVERAGE_KIND, unpackDeleveragingData)

/** The statement that a deleveraging proves. */
export function deleverageStatement(made: Deleveraging): DeleverageStatement {
  return statementOfWords(packDeleveragingData(deleveragingData(made)))
}

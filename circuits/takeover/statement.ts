import type { VenueShape } from '../../protocol/shape.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import { packTakeoverData, takeoverData, unpackTakeoverData } from '../../protocol/takeover/words.ts'
import { type StateMoveStatement, stateMoveCodec, statementOfWords } from '../state/statement.ts'

/** The number by which Settlement knows the circuit's verifier. */
const TAKEOVER_KIND = 2

/** What a takeover's proof says: that one flagged account passed to a bidder (protocol.md#takeover). */
export type TakeoverStatement = StateMoveStatement

export function takeoverCodec(shape: VenueShape) {
  return stateMoveCodec(TAKEOVER_KIND, (words) => unpackTakeoverData(words, shape))
}

/** The statement that a takeover proves. */
export function takeoverStatement(takeover: Takeover): TakeoverStatement {
  return statementOfWords(packTakeoverData(takeoverData(takeover)))
}

import { ZkclearError } from '../../protocol/errors.ts'
import { PROFILE_NAMES, type VenueShape, venueShape } from '../../protocol/shape.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import { packTakeoverData, takeoverData, takeoverWordCount, unpackTakeoverData } from '../../protocol/takeover/words.ts'
import { type StateMoveStatement, stateMoveCodec, statementOfWords } from '../state/statement.ts'

/** The number by which Settlement knows the circuit's verifier. */
export const TAKEOVER_KIND = 2

/** What a takeover's proof says: that one flagged account passed to a bidder (protocol.md#takeover-words). */
export type TakeoverStatement = StateMoveStatement

export const takeoverCodec = stateMoveCodec(TAKEOVER_KIND, (words) => unpackTakeoverData(words, shapeOf(words.length)))

/**
 * The statement that a takeover proves.
 *
 * @example
 * const made = decodeTakeover(JSON.parse(await readFile('taken/takeover.json', 'utf8')), 'small')
 * const { oldStateRoot, newStateRoot, data } = takeoverStatement(made)
 */
export function takeoverStatement(takeover: Takeover): TakeoverStatement {
  return statementOfWords(packTakeoverData(takeoverData(takeover)))
}

/** The profile whose takeovers have so many words: nothing else of them says it. */
function shapeOf(count: number): VenueShape {
  const shapes = PROFILE_NAMES.map(venueShape)
  const shape = shapes.find((one) => takeoverWordCount(one) === count)
  if (shape !== undefined) return shape
  const counts = shapes.map((one) => takeoverWordCount(one)).join(' or ')
  throw new ZkclearError('INPUT_INVALID', `${count} words; a takeover has ${counts}`, { path: 'words' })
}

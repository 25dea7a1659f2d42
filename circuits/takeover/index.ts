import { venueShape } from '../../protocol/shape.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import { takeoverWordCount } from '../../protocol/takeover/words.ts'
import { shapeArgument } from '../state/shape.ts'
import type { RegisteredCircuit } from '../types.ts'
import { exampleTakeover } from './example.ts'
import { takeoverInput, takeoverShapes } from './input.ts'
import { takeoverRefusal } from './refusal.ts'
import { TAKEOVER_REVIEW } from './review.ts'
import { TAKEOVER_KIND, type TakeoverStatement, takeoverCodec, takeoverStatement } from './statement.ts'

/** The venue proves that a flagged account passed to a bidder; its witness is the takeover as the model made it. */
export const takeover: RegisteredCircuit<'takeover', TakeoverStatement, Takeover> = {
  name: 'takeover',
  claim:
    'newStateRoot is what the takeover of one flagged account by one bid makes of oldStateRoot, at riskRoot, this time and resumedAt; all that is public of it are the words.',
  template: 'Takeover',
  settlementKind: TAKEOVER_KIND,
  wordCount: (profile) => takeoverWordCount(venueShape(profile)),
  source: 'takeover/takeover.circom',
  templateArguments: (profile) => [shapeArgument(venueShape(profile))],
  ...takeoverCodec,
  inputShapes: (profile) => takeoverShapes(venueShape(profile)),
  review: TAKEOVER_REVIEW,
  example(profile, domain = 1n) {
    const made = exampleTakeover(profile, domain)
    return { statement: takeoverStatement(made), witness: made }
  },
  async readJob(document, profile) {
    const { decodeTakeover } = await import('../../venue/files/takeover-file.ts')
    const made = decodeTakeover(document, profile)
    return { statement: takeoverStatement(made), witness: made }
  },
  buildInput: (statement, made, profile) => takeoverInput(statement, made, venueShape(profile)),
  refusal: takeoverRefusal,
}

export { TAKEOVER_KIND, type TakeoverStatement, takeoverStatement } from './statement.ts'

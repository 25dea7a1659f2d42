import type { Deleveraging } from '../../protocol/deleverage/close.ts'
import { DELEVERAGING_WORDS } from '../../protocol/deleverage/words.ts'
import { venueShape } from '../../protocol/shape.ts'
import { shapeArgument } from '../state/shape.ts'
import type { RegisteredCircuit } from '../types.ts'
import { exampleDeleveraging } from './example.ts'
import { deleverageInput, deleverageShapes } from './input.ts'
import { deleverageRefusal } from './refusal.ts'
import { DELEVERAGE_REVIEW } from './review.ts'
import { DELEVERAGE_KIND, type DeleverageStatement, deleverageCodec, deleverageStatement } from './statement.ts'

/** The venue proves that lots of a bankrupt account were closed; its witness is the deleveraging as the model made it. */
export const deleverage: RegisteredCircuit<'deleverage', DeleverageStatement, Deleveraging> = {
  name: 'deleverage',
  claim:
    'newStateRoot is what closing lots of one flagged account that owes more than it has, against one counterparty, makes of oldStateRoot, at riskRoot, this time and resumedAt; all that is public of it are the words.',
  template: 'Deleverage',
  settlementKind: DELEVERAGE_KIND,
  wordCount: () => DELEVERAGING_WORDS,
  source: 'deleverage/deleverage.circom',
  templateArguments: (profile) => [shapeArgument(venueShape(profile))],
  ...deleverageCodec,
  inputShapes: (profile) => deleverageShapes(venueShape(profile)),
  review: DELEVERAGE_REVIEW,
  example(profile, domain = 1n) {
    const made = exampleDeleveraging(profile, domain)
    return { statement: deleverageStatement(made), witness: made }
  },
  async readJob(document, profile) {
    const { decodeDeleveraging } = await import('../../venue/files/deleverage-file.ts')
    const made = decodeDeleveraging(document, profile)
    return { statement: deleverageStatement(made), witness: made }
  },
  buildInput: deleverageInput,
  refusal: deleverageRefusal,
}

export { DELEVERAGE_KIND, type DeleverageStatement, deleverageStatement } from './statement.ts'

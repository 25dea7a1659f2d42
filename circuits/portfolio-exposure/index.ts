import { scenarioProfits } from '../../protocol/exposure.ts'
import { toField } from '../../protocol/numbers.ts'
import { type VenueShape, venueShape } from '../../protocol/shape.ts'
import { ownerInput, ownerShapes } from '../state/owned-account.ts'
import { signalInputs } from '../statement.ts'
import { exampleBatch, exampleOwnerSecret, exampleState } from '../trade-batch/example.ts'
import type { CircuitInput, InputShape, RegisteredCircuit } from '../types.ts'
import { exposureRefusal } from './refusal.ts'
import { PORTFOLIO_EXPOSURE_REVIEW } from './review.ts'
import {
  type ExposureStatement,
  type ExposureWitness,
  exposureCodec,
  exposureStatement,
  exposureWitness,
} from './statement.ts'

/** A trader proves to anyone, privately, between which bounds an account wins or loses under every scenario. */
export const portfolioExposure: RegisteredCircuit<'portfolio-exposure', ExposureStatement, ExposureWitness> = {
  name: 'portfolio-exposure',
  claim:
    'I own an account in stateRoot whose profit in every scenario s of riskRoot is in [low_s, high_s]; context is what I prove it for, memo what I say with it; nullifier is the same for the same account, venue and context.',
  template: 'PortfolioExposure',
  source: 'portfolio-exposure/portfolio-exposure.circom',
  templateArguments(name) {
    const { markets, collaterals, scenarios, accountLevels } = venueShape(name)
    return [markets, collaterals, scenarios, accountLevels]
  },
  ...exposureCodec,
  inputShapes: (name) => shapes(venueShape(name)),
  review: PORTFOLIO_EXPOSURE_REVIEW,
  example(profile, domain = 1n) {
    const { after, context } = exampleBatch(exampleState(profile), domain)
    const witness = exposureWitness(after, 1, exampleOwnerSecret(1), context.riskTable)
    const profits = scenarioProfits(witness.account, context.riskTable)
    const [low, high] = [-1_000n, 1_000n].map((margin) => profits.map((profit) => profit + margin))
    const terms = { domain, context: 1n, memo: 2n, low: low!, high: high! }
    return { statement: exposureStatement(after, witness, terms), witness }
  },
  buildInput: input,
  refusal: exposureRefusal,
}

function shapes(shape: VenueShape): Record<string, InputShape> {
  const bounds = [shape.scenarios - 1]
  const words = { domain: [], context: [], memo: [], low: bounds, high: bounds }
  return { dataCommitment: [], dataChallenge: [], dataValue: [], ...words, ...ownerShapes(shape) }
}

function input(statement: ExposureStatement, witness: ExposureWitness): CircuitInput {
  const { domain, context, memo, low, high } = statement
  return {
    ...signalInputs(exposureCodec, statement),
    ...{ domain, context, memo, low: low.map(toField), high: high.map(toField) },
    ...ownerInput(witness),
  }
}

export {
  EXPOSURE_KIND,
  type ExposureStatement,
  type ExposureTerms,
  type ExposureWitness,
  exposureStatement,
  exposureWitness,
  exposureWords,
} from './statement.ts'

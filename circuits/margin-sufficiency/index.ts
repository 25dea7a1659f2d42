import { worstLoss } from '../../protocol/margin.ts'
import { toField } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { type VenueShape, venueShape } from '../../protocol/shape.ts'
import { ownerInput, ownerShapes } from '../state/owned-account.ts'
import { exampleBatch, exampleOwnerSecret, exampleState } from '../trade-batch/example.ts'
import type { CircuitInput, InputShape, RegisteredCircuit } from '../types.ts'
import { marginRefusal } from './refusal.ts'
import { MARGIN_SUFFICIENCY_REVIEW } from './review.ts'
import { type MarginStatement, type MarginWitness, marginCodec, marginStatement, marginWitness } from './statement.ts'

/** A trader proves to anyone, privately, that an account has enough margin. */
export const marginSufficiency: RegisteredCircuit<'margin-sufficiency', MarginStatement, MarginWitness> = {
  name: 'margin-sufficiency',
  claim:
    'I own an account in stateRoot that meets ratioBps at riskRoot; context is what I prove it for; nullifier is the same for the same account, venue and context.',
  template: 'MarginSufficiency',
  proofSystems: ['groth16', 'plonk', 'fflonk'],
  source: 'margin-sufficiency/margin-sufficiency.circom',
  templateArguments(name) {
    const p = venueShape(name)
    return [p.markets, p.collaterals, p.scenarios, p.accountLevels]
  },
  ...marginCodec,
  inputShapes: (name) => shapes(venueShape(name)),
  review: MARGIN_SUFFICIENCY_REVIEW,
  example(profile, domain = 1n) {
    const { before, context } = exampleBatch(exampleState(profile), domain)
    const witness = marginWitness(before, 1, exampleOwnerSecret(1), context.riskTable)
    const terms = { domain, ratioBps: BASIS_POINTS, context: 1n }
    return { statement: marginStatement(before, witness, terms), witness }
  },
  buildInput: input,
  refusal: marginRefusal,
}

function shapes(shape: VenueShape): Record<string, InputShape> {
  const statement = { domain: [], stateRoot: [], riskRoot: [], ratioBps: [], context: [], nullifier: [] }
  return { ...statement, ...ownerShapes(shape), worstLoss: [] }
}

function input(statement: MarginStatement, witness: MarginWitness): CircuitInput {
  const { account, riskTable } = witness
  return { ...statement, ...ownerInput(witness), worstLoss: toField(worstLoss(account, riskTable)) }
}

export {
  type MarginStatement,
  type MarginWitness,
  marginNullifier,
  marginStatement,
  marginWitness,
  type OpenableState,
} from './statement.ts'

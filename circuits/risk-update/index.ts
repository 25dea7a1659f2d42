import { venueShape } from '../../protocol/shape.ts'
import type { RegisteredCircuit } from '../types.ts'
import { exampleRiskUpdate } from './example.ts'
import { riskUpdateInput, riskUpdateShapes } from './input.ts'
import { riskUpdateRefusal } from './refusal.ts'
import { RISK_UPDATE_REVIEW } from './review.ts'
import { type RiskUpdateStatement, type RiskUpdateWitness, riskUpdateCodec } from './statement.ts'
import { riskUpdateStatement } from './update.ts'

/** Anybody proves what the next risk table is: from reports that the oracles signed, and by rules that everybody can recompute. */
export const riskUpdate: RegisteredCircuit<'risk-update', RiskUpdateStatement, RiskUpdateWitness> = {
  name: 'risk-update',
  claim:
    'The table with newRiskRoot follows, by the parameters with parametersRoot, from the medians of reports that at least a quorum of the oracles signed, and from the table with oldRiskRoot.',
  template: 'RiskUpdate',
  source: 'risk-update/risk-update.circom',
  templateArguments(name) {
    const { markets, collaterals, scenarios, underlyings, oracles } = venueShape(name)
    return [markets, collaterals, scenarios, underlyings, oracles]
  },
  ...riskUpdateCodec,
  inputShapes: (name) => riskUpdateShapes(venueShape(name)),
  review: RISK_UPDATE_REVIEW,
  example(profile, domain = 1n) {
    const witness = exampleRiskUpdate(profile)
    return { statement: riskUpdateStatement(witness, domain, venueShape(profile)).statement, witness }
  },
  async readJob(document, profile) {
    const { decodeRiskUpdate } = await import('../../venue/files/risk-update-file.ts')
    const { domain, ...witness } = decodeRiskUpdate(document, profile)
    return { statement: riskUpdateStatement(witness, domain, venueShape(profile)).statement, witness }
  },
  buildInput: (statement, witness, profile) => riskUpdateInput(statement, witness, venueShape(profile)),
  refusal: (statement, witness) => riskUpdateRefusal(statement, witness, shapeOf(witness)),
}

/** The numbers of a venue's shape that an update needs to know, read off its parameters. */
function shapeOf({ parameters }: RiskUpdateWitness) {
  const { markets, collaterals, scenarios, underlyings, oracles } = parameters
  return {
    ...venueShape('small'),
    ...{ markets: markets.length, collaterals: collaterals.length + 1, scenarios: scenarios.length },
    ...{ underlyings: underlyings.length, oracles: oracles.length },
  }
}

export {
  RISK_UPDATE_KIND,
  type RiskUpdateStatement,
  type RiskUpdateWitness,
  riskUpdateOfWords,
  riskUpdateWordCount,
  riskUpdateWords,
} from './statement.ts'
export { riskUpdateOf, riskUpdateStatement } from './update.ts'

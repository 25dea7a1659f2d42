import { worstLoss } from '../../protocol/margin.ts'
import { toField } from '../../protocol/numbers.ts'
import { riskTableWords } from '../../protocol/risk-table.ts'
import { type VenueShape, venueShape } from '../../protocol/shape.ts'
import type { CircuitDefinition, CircuitInput, InputShape } from '../types.ts'
import { type MarginStatement, type MarginWitness, marginCodec } from './statement.ts'

/** A trader proves to anyone, privately, that an account has enough margin. */
export const marginSufficiency: CircuitDefinition<'margin-sufficiency', MarginStatement, MarginWitness> = {
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
  buildInput: input,
}

function shapes({ markets: M, collaterals: K, scenarios: S, accountLevels }: VenueShape): Record<string, InputShape> {
  return {
    domain: [],
    stateRoot: [],
    riskRoot: [],
    ratioBps: [],
    context: [],
    nullifier: [],
    ownerSecret: [],
    riskWords: [M * (8 + S) + 5 + 2 * (K - 1)],
    booksRoot: [],
    index: [],
    accountChildren: [accountLevels, 4],
    keyX: [],
    keyY: [],
    nonce: [],
    collateral: [K],
    size: [M],
    fundingIndex: [M],
    openBuy: [M],
    openSell: [M],
    worstLoss: [],
  }
}

function input(statement: MarginStatement, witness: MarginWitness): CircuitInput {
  const { account, riskTable } = witness
  return {
    ...statement,
    ownerSecret: witness.ownerSecret,
    riskWords: riskTableWords(riskTable).map(toField),
    booksRoot: witness.booksRoot,
    index: BigInt(witness.index),
    accountChildren: witness.path.children,
    keyX: account.tradingKey.x,
    keyY: account.tradingKey.y,
    nonce: account.nonce,
    collateral: account.collateral.map(toField),
    size: account.positions.map((p) => toField(p.size)),
    fundingIndex: account.positions.map((p) => toField(p.fundingIndex)),
    openBuy: account.positions.map((p) => toField(p.openBuy)),
    openSell: account.positions.map((p) => toField(p.openSell)),
    worstLoss: toField(worstLoss(account, riskTable)),
  }
}

export {
  type MarginStatement,
  type MarginWitness,
  marginNullifier,
  marginStatement,
  marginWitness,
} from './statement.ts'

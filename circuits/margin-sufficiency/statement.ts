import { BITS } from '../../protocol/parameters.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { stateRoot } from '../../protocol/state.ts'
import { type OpenableState, type OwnerStatement, type OwnerWitness, ownerNullifier } from '../state/owned-account.ts'
import { statementCodec } from '../statement.ts'

/** What a margin-sufficiency proof says: its owner has an account in stateRoot that meets ratioBps at riskRoot. */
export interface MarginStatement extends OwnerStatement {
  /** Basis points, 17 bits. */
  readonly ratioBps: bigint
}

export type MarginWitness = OwnerWitness

export const marginCodec = statementCodec<MarginStatement>({
  domain: 248,
  stateRoot: 'field',
  riskRoot: 'field',
  ratioBps: BITS.basisPoints,
  context: 248,
  nullifier: 'field',
})

/**
 * The statement that an owner proves about an account of the state.
 *
 * @example
 * const witness = marginWitness(state, 1, ownerSecret, riskTable)
 * const statement = marginStatement(state, witness, { domain, ratioBps: 10_000n, context: 42n })
 */
export function marginStatement(
  state: OpenableState,
  witness: MarginWitness,
  terms: { readonly domain: bigint; readonly ratioBps: bigint; readonly context: bigint },
): MarginStatement {
  return {
    domain: terms.domain,
    stateRoot: stateRoot(state),
    riskRoot: hashRiskTable(witness.riskTable),
    ratioBps: terms.ratioBps,
    context: terms.context,
    nullifier: ownerNullifier(terms.domain, witness.ownerSecret, terms.context),
  }
}

export {
  type OpenableState,
  ownerNullifier as marginNullifier,
  ownerWitness as marginWitness,
} from '../state/owned-account.ts'

import type { Account } from '../../protocol/account.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { poseidon } from '../../protocol/hash.ts'
import { BITS } from '../../protocol/parameters.ts'
import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { type MarketParts, marketsRoot, type State, stateRoot } from '../../protocol/state.ts'
import type { TreePath } from '../../protocol/tree.ts'
import { statementCodec } from '../statement.ts'

/** What a margin-sufficiency proof says: its owner has an account in stateRoot that meets ratioBps at riskRoot. */
export interface MarginStatement {
  readonly domain: bigint
  readonly stateRoot: bigint
  readonly riskRoot: bigint
  /** Basis points, 17 bits. */
  readonly ratioBps: bigint
  /** What the proof is made for; 248 bits. */
  readonly context: bigint
  /** Poseidon(NULLIFIER; domain, ownerSecret, context): the same for the same owner, venue and context, else unlinkable. */
  readonly nullifier: bigint
}

/** What the owner knows. None of it is revealed. */
export interface MarginWitness {
  readonly ownerSecret: bigint
  readonly index: number
  readonly account: Account
  readonly path: TreePath
  readonly marketsRoot: bigint
  readonly riskTable: RiskTable
}

export const marginCodec = statementCodec<MarginStatement>({
  domain: 248,
  stateRoot: 'field',
  riskRoot: 'field',
  ratioBps: BITS.basisPoints,
  context: 248,
  nullifier: 'field',
})

export function marginNullifier(domain: bigint, ownerSecret: bigint, context: bigint): bigint {
  return poseidon('NULLIFIER', [domain, ownerSecret, context])
}

/** What of a state its accounts are opened with: all of it, or what was recovered of one account. */
export type OpenableState = Pick<State, 'accounts'> & MarketParts

/** The witness of an account of the state. Throws INPUT_INVALID if there is none at that index. */
export function marginWitness(
  state: OpenableState,
  index: number,
  ownerSecret: bigint,
  riskTable: RiskTable,
): MarginWitness {
  const account = state.accounts.get(index)
  if (account === undefined) throw new ZkclearError('INPUT_INVALID', `no account ${index} in this state`)
  return { ownerSecret, index, account, path: state.accounts.path(index), marketsRoot: marketsRoot(state), riskTable }
}

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
    nullifier: marginNullifier(terms.domain, witness.ownerSecret, terms.context),
  }
}

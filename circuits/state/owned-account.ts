import { type Account, hashAccount, ownerCommitment } from '../../protocol/account.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { poseidon } from '../../protocol/hash.ts'
import { toField } from '../../protocol/numbers.ts'
import { hashRiskTable, type RiskTable, riskTableLength, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { type MarketParts, marketsRoot, type State } from '../../protocol/state.ts'
import { Tree, type TreePath } from '../../protocol/tree.ts'
import type { CircuitInput, InputShape } from '../types.ts'
import { accountInput } from './account-input.ts'

/** What an owner knows who proves something of an account at a risk table. None of it is revealed. */
export interface OwnerWitness {
  readonly ownerSecret: bigint
  readonly index: number
  readonly account: Account
  readonly path: TreePath
  readonly marketsRoot: bigint
  readonly riskTable: RiskTable
}

/** What every statement about an owned account names. */
export interface OwnerStatement {
  readonly domain: bigint
  readonly stateRoot: bigint
  readonly riskRoot: bigint
  /** What the proof is made for; 248 bits. */
  readonly context: bigint
  /** Poseidon(NULLIFIER; domain, ownerSecret, context): the same for the same owner, venue and context, else unlinkable. */
  readonly nullifier: bigint
}

/** The pseudonym of an owner at a venue, for a context (protocol.md#nullifier). */
export function ownerNullifier(domain: bigint, ownerSecret: bigint, context: bigint): bigint {
  return poseidon('NULLIFIER', [domain, ownerSecret, context])
}

/** What of a state its accounts are opened with: all of it, or what was recovered of one account. */
export type OpenableState = Pick<State, 'accounts'> & MarketParts

/** The witness of an account of the state. Throws INPUT_INVALID if there is none at that index. */
export function ownerWitness(
  state: OpenableState,
  index: number,
  ownerSecret: bigint,
  riskTable: RiskTable,
): OwnerWitness {
  const account = state.accounts.get(index)
  if (account === undefined) throw new ZkclearError('INPUT_INVALID', `no account ${index} in this state`)
  return { ownerSecret, index, account, path: state.accounts.path(index), marketsRoot: marketsRoot(state), riskTable }
}

/** Shapes of the inputs that open the table and the account. */
export function ownerShapes(shape: VenueShape): Record<string, InputShape> {
  const { markets: M, collaterals: K, accountLevels } = shape
  return {
    ownerSecret: [],
    riskWords: [riskTableLength(shape)],
    marketsRoot: [],
    index: [],
    accountChildren: [accountLevels, 4],
    keyX: [],
    keyY: [],
    viewKey: [],
    status: [],
    nonce: [],
    collateral: [K],
    size: [M],
    fundingIndex: [M],
    openBuy: [M],
    openSell: [M],
  }
}

/** Those inputs. */
export function ownerInput(witness: OwnerWitness): CircuitInput {
  // The template computes the commitment from the owner's secret.
  const { ownerCommitment: _, ...opened } = accountInput(witness.account)
  return {
    ownerSecret: witness.ownerSecret,
    riskWords: riskTableWords(witness.riskTable).map(toField),
    marketsRoot: witness.marketsRoot,
    index: BigInt(witness.index),
    accountChildren: witness.path.children,
    ...opened,
  }
}

/** Which of the roots, or the secret, is not that of the witness. */
export function openingRefusal(statement: OwnerStatement, witness: OwnerWitness): string | undefined {
  const { account, riskTable, ownerSecret } = witness
  if (hashRiskTable(riskTable) !== statement.riskRoot) return 'riskRoot is not that of the risk table'
  if (ownerCommitment(ownerSecret) !== account.ownerCommitment) return "the secret is not that of the account's owner"
  if (stateRootOf(witness) !== statement.stateRoot)
    return 'stateRoot is not that of the account, its path and marketsRoot'
  return undefined
}

/** Whether the nullifier is another than owner, venue and context give. */
export function nullifierRefusal(statement: OwnerStatement, { ownerSecret }: OwnerWitness): string | undefined {
  if (ownerNullifier(statement.domain, ownerSecret, statement.context) === statement.nullifier) return undefined
  return 'the nullifier is not that of the owner, the venue and the context'
}

function stateRootOf({ account, index, path, marketsRoot }: OwnerWitness): bigint {
  const { children } = path
  const accounts = Tree.fromOpenings(children.length, hashAccount, [{ index, leaf: account, children }])
  return poseidon('STATE', [accounts.root, marketsRoot])
}

import type { Account } from '../../protocol/account.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { exitClaim, needsTable } from '../../protocol/exit.ts'
import { BITS } from '../../protocol/parameters.ts'
import { publicData } from '../../protocol/public-data.ts'
import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import { marketsRoot, type State, stateRoot } from '../../protocol/state.ts'
import { STATE_MOVE_SIGNALS } from '../state/statement.ts'
import { type StatementCodec, statementCodec } from '../statement.ts'

/** The number of the list of words that an exit publishes, as a kind of batch has one; no batch has it. */
export const EXIT_KIND = 255

/** What an exit proof says: the account is owed those claims, whoever proves it. */
export interface ExitStatement {
  readonly domain: bigint
  /** The last one of the venue. */
  readonly stateRoot: bigint
  /** That of the last accepted batch; 0 before the first table. */
  readonly riskRoot: bigint
  /** Index of the account. */
  readonly account: bigint
  /** Lots of each asset. */
  readonly claim: readonly bigint[]
}

/** What it takes to prove it: the account with what opens it in stateRoot. None of it is revealed. */
export interface ExitWitness {
  readonly account: Account
  /** The children on the account's path, bottom up. */
  readonly children: readonly (readonly bigint[])[]
  readonly marketsRoot: bigint
  /** undefined for an account without positions and debts, which needs none. */
  readonly riskTable: RiskTable | undefined
}

const head = statementCodec<Omit<ExitStatement, 'claim'>>({
  domain: 248,
  stateRoot: 'field',
  riskRoot: 'field',
  account: BITS.account,
})

/** Lots below 2^127: no quote of an account is worth more. */
const MAX_CLAIM_BITS = 127n

export const exitCodec: Omit<StatementCodec<ExitStatement>, 'decodeStatement'> = {
  publicSignals: STATE_MOVE_SIGNALS,
  statementFields: ['domain', 'stateRoot', 'riskRoot', 'account', 'claim'],
  statementOf(fields) {
    const { claim, ...rest } = Object(fields)
    return { ...head.statementOf(rest), claim: requireClaim(claim) }
  },
  encodeStatement(given) {
    const statement = exitCodec.statementOf({ ...given })
    const { commitment, challenge, value } = publicData(statement.domain, EXIT_KIND, exitWords(statement))
    return [commitment, challenge, value]
  },
}

/** The words that stand for the statement. */
export function exitWords({ domain, stateRoot, riskRoot, account, claim }: ExitStatement): readonly bigint[] {
  return [domain, stateRoot, riskRoot, account, ...claim]
}

/**
 * The witness of an account of the state. A table that is not needed may be left out. Throws INPUT_INVALID if there is no
 * account of that index, or the table is missing that it needs.
 */
export function exitWitness(state: State, index: number, riskTable: RiskTable | undefined): ExitWitness {
  const account = state.accounts.get(index)
  if (account === undefined) throw new ZkclearError('INPUT_INVALID', `no account ${index} in this state`)
  if (riskTable === undefined && needsTable(account)) {
    const message = `account ${index} has positions or a debt, so what it is owed takes the table of the last batch`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'riskTable' })
  }
  return { account, children: state.accounts.path(index).children, marketsRoot: marketsRoot(state), riskTable }
}

/** What an exit is of: a Settlement, its last roots, and an account. */
export interface ExitTerms {
  readonly domain: bigint
  readonly stateRoot: bigint
  readonly riskRoot: bigint
  readonly index: number
}

/** The statement that anybody proves for an account of a state, with the root of the table of the last accepted batch. */
export function exitStatement(
  state: State,
  index: number,
  witness: ExitWitness,
  terms: { readonly domain: bigint; readonly riskRoot?: bigint },
): ExitStatement {
  const { riskTable } = witness
  const riskRoot = riskTable === undefined ? 0n : hashRiskTable(riskTable)
  return exitStatementOf(witness, { riskRoot, ...terms, stateRoot: stateRoot(state), index })
}

/** The same without the state. */
export function exitStatementOf({ account, riskTable }: ExitWitness, { index, ...roots }: ExitTerms): ExitStatement {
  return { ...roots, account: BigInt(index), claim: exitClaim(account, riskTable) }
}

function requireClaim(claim: unknown): readonly bigint[] {
  const refuse = (message: string, path = 'statement.claim'): never => {
    throw new ZkclearError('STATEMENT_INVALID', message, { path })
  }
  if (!Array.isArray(claim) || claim.length === 0) return refuse('must be a list of lots, one number for each asset')
  for (let k = 0; k < claim.length; k++) {
    const lots = claim[k]
    if (typeof lots === 'bigint' && lots >= 0n && lots >> MAX_CLAIM_BITS === 0n) continue
    const given = typeof lots === 'bigint' ? `${lots}` : `a value of type ${typeof lots}`
    refuse(`is ${given}; must be a bigint, 0 <= x < 2^${MAX_CLAIM_BITS}`, `statement.claim[${k}]`)
  }
  return claim
}

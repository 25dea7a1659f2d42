import type { Signer } from 'ethers'
import { riskUpdate } from '../../circuits/risk-update/index.ts'
import { type RiskUpdateStatement, riskUpdateWords } from '../../circuits/risk-update/statement.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Groth16Proof } from '../../verifier/proof.ts'
import { type ContractAt, contractAt } from '../contract-at.ts'
import { proofArgument, requireProved } from '../proof-argument.ts'
import { type Confirmation, type TransactionOptions, transact } from '../transact.ts'
import { lastTables } from './last-tables.ts'

export interface UpdateRiskOptions extends TransactionOptions {
  /** Anybody: sends the transaction and pays for it. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  /** A proof of the next table, as a prover returns it. */
  proved: { readonly proof: Groth16Proof; readonly statement: RiskUpdateStatement }
}

/** A risk table that the contract took. */
export interface RiskUpdated extends Confirmation {
  /** Of the table among those of this Settlement, from 1. */
  readonly number: bigint
  readonly riskRoot: bigint
}

/**
 * Brings the next risk table. Batches made at one of the seven tables before it can still be settled. Throws as `settle` does;
 * where another table came first, `details.standing` says whether it is this one (`settled`) or another (`superseded`).
 */
export async function updateRisk({ signer, settlement, proved, ...options }: UpdateRiskOptions): Promise<RiskUpdated> {
  const { proof, statement } = requireProved(proved)
  const argument = proofArgument(riskUpdate, proof, statement)
  const [commitment] = riskUpdate.encodeStatement(statement)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const values = [argument, commitment, riskUpdateWords(statement)]
  const call = { method: 'updateRisk', values, event: 'RiskUpdated', statement: { ...statement } }
  const { event, ...confirmation } = await transact(at, call, options).catch(async (error) => {
    throw (await misplaced(at, statement, error)) ?? error
  })
  return { number: event.args.number, riskRoot: statement.newRiskRoot, ...confirmation }
}

/** What the refusal comes from, if it is that the table does not follow from the newest one. */
async function misplaced(at: ContractAt, statement: RiskUpdateStatement, error: unknown): Promise<unknown> {
  if (!(error instanceof ZkclearError) || error.details.refusal !== 'RiskRootNotNewest') return undefined
  const { oldRiskRoot, newRiskRoot } = statement
  const last = (await lastTables(at)).map(({ root }) => root)
  const standing = last.includes(newRiskRoot)
    ? 'settled'
    : oldRiskRoot === 0n || last.includes(oldRiskRoot)
      ? 'superseded'
      : 'unknown'
  const message = `the table follows from risk table ${oldRiskRoot}, and the newest is ${last[0] ?? 0n}: ${STANDINGS[standing]}`
  return new ZkclearError('CONTRACT_REFUSED', message, { cause: error, details: { ...error.details, standing } })
}

const STANDINGS = {
  settled: 'this one has come already; there is nothing left to do',
  superseded: 'another table came before it, so this one never can; make the next from the newest',
  unknown: 'it is none of the last ones; make the next table from the newest',
} as const

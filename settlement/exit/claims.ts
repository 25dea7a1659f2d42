import type { Signer } from 'ethers'
import { type ExitStatement, exit, exitWords } from '../../circuits/exit/index.ts'
import type { Groth16Proof } from '../../verifier/proof.ts'
import { type ContractAt, contractAt } from '../contract-at.ts'
import { proofArgument, requireProved } from '../proof-argument.ts'
import { type Confirmation, type TransactionOptions, transact } from '../transact.ts'
import { exitsOf } from './views.ts'

export interface RecordClaimOptions extends TransactionOptions {
  /** Anybody: only the account's owner is paid. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  proved: { readonly proof: Groth16Proof; readonly statement: ExitStatement }
}

/** A claim that was recorded. */
export interface RecordedClaim extends Confirmation {
  /** Lots of each asset: what was proved, less what the account had been paid before. */
  readonly claims: readonly bigint[]
  /** Whether it was recorded in the first period: late claims are paid after those, from what they leave. */
  readonly inTime: boolean
}

/**
 * Brings an exit proof to a frozen venue, which records what the account is owed, once. Throws INPUT_INVALID,
 * STATEMENT_INVALID, PROOF_INVALID, CONTRACT_REFUSED, TRANSACTION_FAILED, CHAIN_UNREACHABLE, ABORTED.
 */
export async function recordClaim(given: RecordClaimOptions): Promise<RecordedClaim> {
  const { signer, settlement, proved, ...options } = given
  const { proof, statement } = requireProved(proved)
  const [commitment] = exit.encodeStatement(statement)
  const values = [exitWords(statement), commitment, proofArgument(exit, proof, statement)]
  const at = await exitsAt(settlement, signer)
  const call = { method: 'recordClaim', values, event: 'ClaimRecorded', statement: { ...statement } }
  const { event, ...confirmation } = await transact(at, call, options)
  return { claims: [...event.args.claims], inTime: event.args.inTime, ...confirmation }
}

export interface PayoutOptions extends TransactionOptions {
  /** Anybody: the account's owner is credited. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  /** Index of the account. */
  account: number
}

/** Lots of each asset that the owner was credited; they are claimed from the Settlement. */
export interface Payout extends Confirmation {
  readonly lots: readonly bigint[]
}

/**
 * Pays what was claimed, once: in time from the second period on, late in the third; never before a claim has been held for a
 * while. `readExit` says from when. Throws as `recordClaim` does.
 */
export function payout(options: PayoutOptions): Promise<Payout> {
  return pay('payout', options)
}

/** Pays the share of what is left to whoever claimed in time, in the third period, once. Throws as `recordClaim` does. */
export function shareLeftovers(options: PayoutOptions): Promise<Payout> {
  return pay('shareLeftovers', options)
}

async function pay(method: string, { signer, settlement, account, ...options }: PayoutOptions): Promise<Payout> {
  const at = await exitsAt(settlement, signer)
  const { event, ...confirmation } = await transact(at, { method, values: [account], event: 'PaidOut' }, options)
  return { lots: [...event.args.lots], ...confirmation }
}

async function exitsAt(settlement: string, signer: Signer): Promise<ContractAt> {
  return exitsOf(await contractAt('Settlement', settlement, signer, 'settlement'))
}

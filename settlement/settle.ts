import type { Signer } from 'ethers'
import type { StateMoveStatement } from '../circuits/state/statement.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { batchArguments, type StateProof } from './batch-arguments.ts'
import { type ContractAt, contractAt } from './contract-at.ts'
import { statusOf } from './read-settlement.ts'
import { STANDINGS, standingOf } from './standing.ts'
import { type Confirmation, type TransactionOptions, transact } from './transact.ts'

export interface SettleOptions extends TransactionOptions {
  /** Sends the transaction and pays for it: the operator, unless `operator` signs for it. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  proved: StateProof
  /** The operator, if another sends the transaction: signs that this batch be settled, here and next. */
  operator?: Signer | undefined
  /** 32 bytes in hex to stand beside the batch, such as the head of the venue's log. Default: zeros. */
  anchor?: string | undefined
  /**
   * The block of the contract's deployment, from which a cash batch's entries of the queue are looked up, and batches, if one is not
   * the next. Default 0.
   */
  fromBlock?: number | undefined
}

/** A batch that was settled. */
export interface Settled extends Confirmation {
  readonly chainId: bigint
  /** Number of the batch among those of this Settlement, from 1. */
  readonly batch: bigint
  /** By what number Settlement knows the circuit. */
  readonly kind: number
}

/**
 * Settles one proved batch: tries the call, sends it, waits for its block and checks what the contract reported. The
 * contract alone checks the proof; `verify` tells beforehand what it will say. If it refuses, the error says where the batch
 * stands.
 *
 * Throws INPUT_INVALID for what is no Settlement and for a circuit that moves no state; STATEMENT_INVALID, PROOF_INVALID;
 * CONTRACT_REFUSED, whose `details.refusal` is the name of the contract's error and whose `details.standing` is there
 * if the batch does not start from the current state root; TRANSACTION_FAILED, CHAIN_UNREACHABLE; ABORTED.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * const proved = { circuit: 'trade-batch', proof, statement: tradeBatchStatement(batch) }
 * const settlement = '0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e'
 * const { transactionHash, gasUsed } = await settle({ signer: connection.signer, settlement, proved })
 */
export async function settle(given: SettleOptions): Promise<Settled> {
  const { signer, settlement, proved, operator, anchor, fromBlock, ...options } = given
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const [argument] = await batchArguments(at, [proved], { operator, anchor, fromBlock })
  const { kind, batch } = argument!
  const { statement } = proved
  const call = { method: 'settle', values: [kind, batch], event: 'Settled', statement: { ...statement } }
  const { event, ...confirmation } = await transact(at, call, options).catch(async (error) => {
    throw (await misplaced(at, statement, error, fromBlock)) ?? error
  })
  return { chainId: at.chainId, batch: event.args.batch, kind, ...confirmation }
}

/** What the contract's refusal comes from, if it is that the batch is not the next one. */
export async function misplaced(
  at: ContractAt,
  statement: StateMoveStatement,
  error: unknown,
  fromBlock = 0,
): Promise<unknown> {
  if (!(error instanceof ZkclearError) || error.code !== 'CONTRACT_REFUSED') return undefined
  if (error.details.refusal === 'DomainWrong') return undefined
  const status = await statusOf(at)
  const { oldStateRoot } = statement
  const standing = await standingOf(at, status, statement, fromBlock)
  if (standing === 'next') return undefined
  const message = `the proof starts from state root ${oldStateRoot}, and Settlement's is ${status.stateRoot}: ${STANDINGS[standing]}`
  const details = { ...error.details, standing, stateRoot: `${status.stateRoot}` }
  return new ZkclearError('CONTRACT_REFUSED', message, { cause: error, details })
}

import type {
  BaseContractMethod,
  ContractTransactionReceipt,
  ContractTransactionResponse,
  LogDescription,
  Provider,
} from 'ethers'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { answerOf } from './answer.ts'
import { chainError } from './chain-error.ts'
import type { ContractAt } from './contract-at.ts'
import { decodeRefusal, refusalError } from './refusal.ts'

export interface TransactionOptions {
  /** Gives up waiting. What was sent by then may still be included: the error's `details.transactionHash` names it. */
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** A transaction that a block includes and that did what it should. */
export interface Confirmation {
  readonly transactionHash: string
  readonly blockNumber: number
  readonly gasUsed: bigint
}

export interface Call {
  readonly method: string
  readonly values: readonly unknown[]
  /** Wei that are sent along. Default: none. */
  readonly value?: bigint
  /** The address as whose call it is tried; it need not be who signs. Default: who sends. */
  readonly from?: string | undefined
  /** The event that the contract emits if, and only if, the call did what it should. */
  readonly event: string
  /** What the proof among the values states, if there is one. */
  readonly statement?: Readonly<Record<string, unknown>> | undefined
}

type Method = BaseContractMethod<unknown[], unknown, ContractTransactionResponse>

/**
 * Tries the call on the pending block, sends it, and waits for the block that includes it. Throws CONTRACT_REFUSED,
 * TRANSACTION_FAILED, CHAIN_UNREACHABLE or ABORTED; `details.transactionHash` is there if something was sent.
 */
export async function transact(
  at: ContractAt,
  call: Call,
  { signal, onProgress }: TransactionOptions,
): Promise<Confirmation & { readonly event: LogDescription }> {
  const { name, contract } = at
  const method = contract.getFunction<Method>(call.method)
  const step = (stage: string, fraction: number) => {
    if (signal?.aborted) throw new ZkclearError('ABORTED', `${name}.${call.method} was aborted before it was sent`)
    onProgress?.({ stage, fraction })
  }
  step('simulate', 0)
  await tryCall(at, call)
  step('send', 0.2)
  const response = await answerOf(send(method, call), providerOf(at), signal).catch((cause) => {
    if (!signal?.aborted) throw failure(at, call, cause, {})
    const message = `stopped while ${name}.${call.method} was being sent; it may be included all the same: look for it before sending again`
    throw new ZkclearError('ABORTED', message, { cause })
  })
  onProgress?.({ stage: 'wait for its block', fraction: 0.4 })
  const receipt = await confirmed(at, call, response, signal)
  onProgress?.({ stage: 'included', fraction: 1 })
  return {
    transactionHash: receipt.hash,
    blockNumber: receipt.blockNumber,
    gasUsed: receipt.gasUsed,
    event: eventOf(at, call, receipt),
  }
}

/**
 * Sends the call with more gas than the node estimates: what a call costs hangs on the time of its block as well. The first batch
 * in ten seconds keeps its root, for one.
 */
async function send(method: Method, { values, value = 0n }: Call): Promise<ContractTransactionResponse> {
  const estimate = await method.estimateGas(...values, { value })
  return method.send(...values, { value, gasLimit: estimate + estimate / 5n + SPARE_GAS })
}

const SPARE_GAS = 60_000n

function providerOf({ contract }: ContractAt): Provider {
  return contract.runner!.provider!
}

type Details = Readonly<Record<string, unknown>>

/** Throws what comes of the call, should it fail in the next block, and sends nothing: CONTRACT_REFUSED, TRANSACTION_FAILED, CHAIN_UNREACHABLE. */
export async function tryCall(at: ContractAt, call: Call, details: Details = {}): Promise<void> {
  // What the next block would make of it, at that block's time.
  const overrides = { blockTag: 'pending', value: call.value ?? 0n, ...(call.from && { from: call.from }) }
  // A signer calls as himself alone.
  const contract = call.from === undefined ? at.contract : at.contract.connect(providerOf(at))
  try {
    await contract.getFunction<Method>(call.method).staticCall(...call.values, overrides)
  } catch (cause) {
    throw failure(at, call, cause, details)
  }
}

async function confirmed(
  at: ContractAt,
  call: Call,
  response: ContractTransactionResponse,
  signal: AbortSignal | undefined,
): Promise<ContractTransactionReceipt> {
  const details = { transactionHash: response.hash }
  try {
    return (await answerOf(response.wait(), providerOf(at), signal))!
  } catch (cause) {
    if (signal?.aborted) {
      const message = `stopped waiting for transaction ${response.hash}, which may still be included; look for it before sending again`
      throw new ZkclearError('ABORTED', message, { cause, details })
    }
    // Reverted although the simulation went through: something came first. Asked again, the contract says what.
    if ((cause as { code?: unknown }).code === 'CALL_EXCEPTION') await tryCall(at, call, details)
    throw failure(at, call, cause, details)
  }
}

function failure({ name, address, contract }: ContractAt, call: Call, cause: unknown, details: Details): ZkclearError {
  const refused = decodeRefusal(name, contract.interface, cause)
  if (refused !== undefined) return refusalError(refused, { statement: call.statement, cause, details })
  if (revertedSilently(cause)) {
    const message = `what is at ${address} reverts ${call.method} and gives no reason; is it a ${name} of this version?`
    return new ZkclearError('TRANSACTION_FAILED', message, { cause, details })
  }
  const { transactionHash } = details
  const what = transactionHash === undefined ? ' failed' : `, transaction ${transactionHash}, is not confirmed`
  return chainError(cause, `${name}.${call.method}${what}`, details)
}

/** As whatever does not know the function does, and Solidity for arguments that it cannot decode. */
function revertedSilently(cause: unknown): boolean {
  const { code, data, receipt } = cause as { code?: unknown; data?: unknown; receipt?: unknown }
  return receipt === undefined && (data === '0x' || (code === 'CALL_EXCEPTION' && data === null))
}

function eventOf(
  { name, address, contract }: ContractAt,
  call: Call,
  receipt: ContractTransactionReceipt,
): LogDescription {
  for (const log of receipt.logs) {
    const event = log.address.toLowerCase() === address.toLowerCase() ? contract.interface.parseLog(log) : null
    if (event?.name === call.event) return event
  }
  const message = `transaction ${receipt.hash} was included, but what is at ${address} did not report ${call.event}; is it a ${name}?`
  throw new ZkclearError('TRANSACTION_FAILED', message, { details: { transactionHash: receipt.hash } })
}

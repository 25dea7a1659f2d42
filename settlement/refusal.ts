import type { Interface } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'
import type { ContractName } from './contract-at.ts'
import { type Arguments, REFUSALS } from './refusal-sentences.ts'

/** The error that a contract reverted with. */
export interface Refused {
  readonly contract: ContractName
  readonly refusal: string
  readonly args: Arguments
}

/** Errors of a verifier that does not take the proof. */
const VERIFIERS: readonly string[] = ['ProofRejected', 'ExitRejected']

/** The error of the contract's interface that a failed call carries; undefined if it carries none. */
export function decodeRefusal(contract: ContractName, abi: Interface, cause: unknown): Refused | undefined {
  const { data } = cause as { data?: unknown }
  if (typeof data !== 'string') return undefined
  try {
    const parsed = abi.parseError(data)
    return parsed === null ? undefined : { contract, refusal: parsed.name, args: parsed.args.toObject() }
  } catch {
    // What is at the address is another contract, whose data only looks like an error of ours.
    return undefined
  }
}

export interface RefusalContext {
  readonly statement?: Readonly<Record<string, unknown>> | undefined
  readonly cause: unknown
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * CONTRACT_REFUSED, with contract, refusal and arguments among its details. `statement` is what the proof at hand states:
 * where a verifier turned it down, the message says in which fields the contract asked for something else.
 */
export function refusalError(
  { contract, refusal, args }: Refused,
  { statement = {}, cause, details = {} }: RefusalContext,
): ZkclearError {
  const sentence = REFUSALS[contract][refusal]
  const told = VERIFIERS.includes(refusal)
    ? rejection(args, statement)
    : (sentence?.(args) ?? 'it gives no other reason')
  const given = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, String(value)]))
  return new ZkclearError('CONTRACT_REFUSED', `${contract} refuses (${refusal}): ${told}`, {
    cause,
    details: { contract, refusal, arguments: given, ...details },
  })
}

function rejection(args: Arguments, statement: Readonly<Record<string, unknown>>): string {
  const other = Object.keys(args).filter((name) => Object.hasOwn(statement, name) && statement[name] !== args[name])
  if (other.length > 0) {
    const fields = other.map((name) => `${name} ${statement[name]} where ${args[name]} is asked for`)
    return `the proof states ${fields.join(', ')}; make one of what is asked for`
  }
  const { verifier } = args
  if (verifier !== undefined) {
    return `the verifier that is in force now, ${verifier}, does not take it; check it with "zkclear verify", and prove it again under that verifier's key if the verifier has been replaced`
  }
  return 'the proof does not hold under the key of the verifier that it asks; check it with "zkclear verify", and with which keys the contracts were deployed'
}

import type { Interface } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'
import type { ContractName } from './contract-at.ts'

/** Arguments of a contract's error by name: integers as bigints, addresses and bytes in hex. */
type Arguments = Readonly<Record<string, bigint | string>>

type Sentence = (args: Arguments) => string

const COMMON: Readonly<Record<string, Sentence>> = {
  NotCanonical: ({ value, order }) => `${value} is no field element; need one below ${order}`,
  NotEnoughGas: ({ left, needed }) =>
    `${left} gas was left when the proof was to be checked, which may take ${needed}; send more gas`,
  RiskRootMissing: () => 'Settlement has no risk table yet; its risk publisher must post one first',
}

/** What each error says that a call can end with: what was given, what is allowed, what to do. */
export const REFUSALS: Readonly<Record<ContractName, Readonly<Record<string, Sentence>>>> = {
  Settlement: {
    ...COMMON,
    DomainWrong: ({ given, own }) =>
      `the batch was made for domain ${given}, and that of this Settlement is ${own}; sign and prove for this one`,
    KindUnknown: ({ kind, kinds }) =>
      `it knows the verifiers of ${kinds} kinds of batches, from 0, and not of kind ${kind}; settle at one that was deployed with it`,
    NotRiskPublisher: ({ caller, riskPublisher }) =>
      `${caller} may not post risk tables, only ${riskPublisher}; send from that account`,
    RiskFromFuture: ({ asOf, blockTime, maxClockSkew }) =>
      `the table speaks of ${asOf}, more than ${maxClockSkew} seconds after the block's time, ${blockTime}; correct asOf, or wait`,
    RiskNotNewer: ({ asOf, lastAsOf }) =>
      `the table speaks of ${asOf}, and the current one of ${lastAsOf}; post one of a later time`,
    RiskRootNotCurrent: ({ given, current }) =>
      `the batch was made at risk table ${given}, and the current one is ${current}; apply and prove it at that one`,
    StateRootNotCurrent: ({ given, current }) =>
      `the batch starts from state root ${given}, and the current one is ${current}`,
    StateRootUnchanged: ({ stateRoot }) =>
      `the state root is ${stateRoot} already, and a batch must change it; there is nothing to settle`,
    TimestampBeforeLast: ({ timestamp, lastTimestamp }) =>
      `the batch's time is ${timestamp}, before ${lastTimestamp}, that of the last one settled; apply and prove it at a later time`,
    TimestampOffBlockTime: ({ timestamp, blockTime, maxClockSkew }) =>
      `the batch's time is ${timestamp}, more than ${maxClockSkew} seconds ${timestamp! < blockTime! ? 'before' : 'after'} the block's, ${blockTime}; ` +
      (timestamp! < blockTime!
        ? 'apply and prove it at a later time'
        : 'wait, or apply and prove it at an earlier time'),
    WordCountWrong: ({ given, needed }) =>
      `the batch has ${given} words, and the circuit of the contract ${needed}; prove with the profile that it was deployed for`,
    WordNotCanonical: ({ index, value, order }) =>
      `word ${index} is ${value}, no field element; need one below ${order}`,
    ZeroRoot: () => '0 is no root: it stands for none',
  },
  MarginGate: {
    ...COMMON,
    AlreadyAdmitted: ({ admittedAt }) =>
      `the account was admitted for this purpose at ${admittedAt} (unix seconds), and is admitted once; use another purpose`,
    RiskTableTooOld: ({ age, maxAge }) =>
      `Settlement's risk table is ${age} seconds old, it takes at most ${maxAge}; the risk publisher must post another`,
    StateRootNotRecent: ({ stateRoot }) =>
      `the proof's state root, ${stateRoot}, is not among Settlement's recent ones; prove margin in the current state`,
    StateRootTooOld: ({ age, maxAge }) =>
      `the proof's state root was superseded ${age} seconds ago, it takes at most ${maxAge}; prove margin in the current state`,
  },
}

/** The error that a contract reverted with. */
export interface Refused {
  readonly contract: ContractName
  readonly refusal: string
  readonly args: Arguments
}

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
  const told =
    refusal === 'ProofRejected' ? rejection(args, statement) : (sentence?.(args) ?? 'it gives no other reason')
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
  return 'the proof does not hold under the key of the verifier that it asks; check it with "zkclear verify", and with which keys the contracts were deployed'
}

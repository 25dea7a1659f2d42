import type { Interface, Provider, Result } from 'ethers'
import { RISK_UPDATE_KIND, riskUpdate, riskUpdateWordCount, STATE_CIRCUITS } from '../circuits/index.ts'
import { requireAddress } from '../protocol/address.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { checkRiskParameters } from '../protocol/risk/check-parameters.ts'
import { hashRiskParameters, riskParametersFromWords } from '../protocol/risk/parameter-words.ts'
import { type ProfileName, type VenueShape, venueShape } from '../protocol/shape.ts'
import { emptyState, stateRoot } from '../protocol/state.ts'
import { LOCAL_CHAIN_IDS, verifierContractName } from '../verifier/solidity.ts'
import { ABIS } from './abi.ts'
import { chainError } from './chain-error.ts'
import { compileContracts } from './compile-contracts.ts'
import type { CompiledContract } from './compiled-contract.ts'
import { DEPLOYED_CIRCUITS, keysInOrder } from './deploy-keys.ts'
import { doubtsNow } from './doubts.ts'
import { readVenueNow, type VenueNow } from './venue-now.ts'
import { type VerifierKey, verifierSources } from './verifier-key.ts'

/** Where a deployment's contracts are, and which transaction made each: what `deploy` reports. None of it is believed. */
export type DeploymentRecord = Readonly<Record<string, { readonly address: string; readonly transactionHash: string }>>

export interface VerifyDeploymentOptions {
  readonly provider: Provider
  /** By name: a verifier for each circuit, Authority, Exits, Settlement and MarginGate. */
  readonly contracts: DeploymentRecord
  /** A key of each of the DEPLOYED_CIRCUITS, which the verifiers are rebuilt from. */
  readonly keys: readonly VerifierKey[]
}

/** What was found of one contract. */
export interface ContractCheck {
  readonly name: string
  readonly address: string
  /** Whether the transaction made that contract by exactly the code that these sources and keys give. */
  readonly rebuilt: boolean
  /** What is not as it has to be, in sentences; empty if all is. */
  readonly faults: readonly string[]
}

/** What a venue on chain is, as far as code and deployment tell. */
export interface DeploymentCheck {
  readonly chainId: bigint
  readonly contracts: readonly ContractCheck[]
  /** What the constructors were given, by contract: the venue's terms, for people to read. */
  readonly terms: Readonly<Record<string, unknown>>
  /** Who has which power today, and what is announced; undefined of contracts that are not ours. */
  readonly now: VenueNow | undefined
  /** What is allowed of the risk parameters in force, and of those that are proposed, and hardly meant, one sentence each. */
  readonly doubts: readonly string[]
  /** Whether every contract is rebuilt and nothing is at fault. */
  readonly sound: boolean
}

const VENUE = ['Authority', 'Exits', 'Settlement', 'MarginGate'] as const

/**
 * Rebuilds every verifier and contract of a venue from sources and keys, and compares the transactions that made them: the code
 * of the constructors too, for what they wrote cannot be seen in the code that is left. Then checks what they were given: a
 * beginning without accounts, risk parameters within their bounds and hashed to their root, contracts that name each other, and verifiers that are still in force, for batches of as many words
 * as their circuits have. On a chain that is not local, dev keys are a fault.
 *
 * What it cannot tell: whether the keys are those of an honest ceremony (`zkclear ceremony verify`), and whether tokens and
 * addresses are whose they are said to be.
 *
 * Throws INPUT_INVALID for a record that lacks a contract or names a transaction that the chain does not have; KEY_UNSAFE,
 * ARTIFACT_CORRUPT, COMPILE_FAILED, CHAIN_UNREACHABLE.
 */
export async function verifyDeployment(options: VerifyDeploymentOptions): Promise<DeploymentCheck> {
  const { provider, contracts } = options
  const keys = keysInOrder(options.keys)
  const verifiers = keys.map(({ definition }) => verifierContractName(definition))
  for (const name of [...verifiers, ...VENUE]) requireRecord(contracts, name)
  // Compiled here and now: whoever can write a cache has no say in what is ours.
  const compiled = await compileContracts(await verifierSources(keys), undefined, { believed: false })
  const { Interface } = await import('ethers')
  const made: Made[] = []
  for (const name of [...verifiers, ...VENUE]) {
    made.push(await readCreation(provider, name, contracts[name]!, compiled[name]!, new Interface(compiled[name]!.abi)))
  }
  const given = new Map(made.map(({ name, values }) => [name, values]))
  const faults = new Map(made.map(({ name, faults }) => [name, [...faults]]))
  const fault = (name: string, message: string) => faults.get(name)!.push(message)
  const at = (name: string) => contracts[name]!.address
  const { chainId } = await provider.getNetwork()
  checkGiven({ given, at, fault, keys })
  checkSetup({ chainId, fault, keys })
  await checkNow({ provider, at, fault, profile: keys[0]!.profile })
  const checks = made.map(({ name, rebuilt }) => ({ name, address: at(name), rebuilt, faults: faults.get(name)! }))
  const ours = made.every(({ name, rebuilt }) => rebuilt || !['Authority', 'Settlement'].includes(name))
  const places = { authority: at('Authority'), settlement: at('Settlement') }
  const shape = venueShape(keys[0]!.profile)
  const now = ours ? await readVenueNow(provider, places, shape.collaterals).catch(notOurs) : undefined
  const { fromBlock } = made.find(({ name }) => name === 'Authority')!
  const doubts =
    now === undefined ? [] : await doubtsNow(now, { provider, authority: at('Authority'), fromBlock, shape })
  return {
    ...{ chainId, contracts: checks, now, doubts },
    terms: Object.fromEntries(VENUE.map((name) => [name, given.get(name)])),
    sound: checks.every(({ rebuilt, faults }) => rebuilt && faults.length === 0),
  }
}

/** Code that is not ours may stand where the record says that ours does. */
function notOurs(error: unknown): undefined {
  if (error instanceof ZkclearError && error.code === 'TRANSACTION_FAILED') return undefined
  throw error
}

/** A contract's creation: whether it is that of our code, and what the constructor was given. */
interface Made {
  readonly name: string
  readonly rebuilt: boolean
  readonly faults: readonly string[]
  readonly values: Record<string, unknown> | undefined
  /** The block of that transaction. */
  readonly fromBlock: number
}

async function readCreation(
  provider: Provider,
  name: string,
  { address, transactionHash }: DeploymentRecord[string],
  { bytecode }: CompiledContract,
  abi: Interface,
): Promise<Made> {
  const [transaction, receipt, code] = await Promise.all([
    provider.getTransaction(transactionHash),
    provider.getTransactionReceipt(transactionHash),
    provider.getCode(address),
  ]).catch((cause) => {
    throw chainError(cause, `the creation of ${name} cannot be read`)
  })
  if (transaction === null || receipt === null) {
    const message = `the chain has no transaction ${transactionHash}; is it another chain, or a node that forgot it?`
    throw new ZkclearError('INPUT_INVALID', message, { path: `contracts.${name}.transactionHash` })
  }
  const faults: string[] = []
  if (receipt.contractAddress?.toLowerCase() !== address.toLowerCase()) {
    faults.push(`transaction ${transactionHash} did not make the contract at ${address}`)
  }
  if (code === '0x') faults.push(`there is no code at ${address}`)
  const rebuilt = transaction.data.startsWith(bytecode)
  if (!rebuilt) faults.push('it was made by other code than these sources and keys give')
  const values = rebuilt ? valuesOf(abi, `0x${transaction.data.slice(bytecode.length)}`) : undefined
  if (rebuilt && values === undefined) faults.push('what stands behind its code is not what the constructor takes')
  return { name, rebuilt, faults, values, fromBlock: receipt.blockNumber }
}

/** What a constructor was given, by name; undefined if it cannot have been given that. */
function valuesOf(abi: Interface, data: string): Record<string, unknown> | undefined {
  const { inputs } = abi.deploy
  try {
    const values = abi.getAbiCoder().decode(inputs, data)
    return Object.fromEntries(inputs.map(({ name }, i) => [name.replace(/_$/, ''), plain(values[i])]))
  } catch {
    return undefined
  }
}

/** Structs as objects and lists as arrays. */
function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  if (value.length === 0) return []
  const result = value as Result
  try {
    const fields = result.toObject()
    if (!Object.hasOwn(fields, '_'))
      return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, plain(one)]))
  } catch {
    // A list, whose parts have no names.
  }
  return [...value].map(plain)
}

interface Checking {
  readonly given: ReadonlyMap<string, Record<string, unknown> | undefined>
  readonly at: (name: string) => string
  readonly fault: (name: string, message: string) => void
  readonly keys: readonly VerifierKey[]
}

/** Checks what the constructors were given against each other, and the beginning. */
function checkGiven({ given, at, fault, keys }: Checking): void {
  const same = (name: string, what: string, value: unknown, wanted: unknown) => {
    const [one, other] = [value, wanted].map((each) => String(each).toLowerCase())
    if (one !== other) fault(name, `${what} is ${one}, and has to be ${other}`)
  }
  const { profile } = keys[0]!
  const shape = venueShape(profile)
  const deployment = given.get('Settlement')?.given as Record<string, unknown> | undefined
  if (deployment !== undefined) {
    same('Settlement', 'the root that it began with', deployment.genesisRoot, stateRoot(emptyState(shape)))
    same('Settlement', 'accountLevels', deployment.accountLevels, shape.accountLevels)
    same('Settlement', 'authority', deployment.authority, at('Authority'))
    same('Settlement', 'exits', deployment.exits, at('Exits'))
    same('Settlement', 'the number of assets', (deployment.assets as unknown[]).length, shape.collaterals)
  }
  const authority = given.get('Authority')
  if (authority !== undefined) {
    const circuits = authority.circuits as { verifier: string; words: bigint }[]
    same('Authority', 'the number of circuits', circuits.length, STATE_CIRCUITS.length)
    const riskCircuit = authority.riskUpdate as { verifier: string; words: bigint }
    for (const { kind, circuit, words } of heldCircuits(profile)) {
      const held = kind === RISK_UPDATE_KIND ? riskCircuit : circuits[kind]
      same('Authority', `the verifier of ${circuit.name}`, held?.verifier, at(verifierContractName(circuit)))
      same('Authority', `the number of words of ${circuit.name}`, held?.words, words)
    }
    same('Authority', 'the exit verifier', authority.exitVerifier, at('ExitVerifier'))
    const { root, words } = authority.parameters as { root: bigint; words: bigint[] }
    const wrong = root === 0n && words.length === 0 ? undefined : parametersFault(root, words, shape)
    if (wrong !== undefined) fault('Authority', `the risk parameters that it began with: ${wrong}`)
  }
  const exits = given.get('Exits')
  if (exits !== undefined) same('Exits', 'authority', exits.authority, at('Authority'))
  const gate = given.get('MarginGate')
  if (gate !== undefined) {
    same('MarginGate', 'settlement', gate.settlement, at('Settlement'))
    same('MarginGate', 'verifier', gate.verifier, at('MarginSufficiencyVerifier'))
  }
}

/** What is wrong with parameters that a contract was told of. */
function parametersFault(root: bigint, words: readonly bigint[], shape: VenueShape): string | undefined {
  try {
    const parameters = riskParametersFromWords(words, shape)
    checkRiskParameters(parameters, shape)
    const own = hashRiskParameters(parameters)
    return own === root ? undefined : `their root is ${own}, and ${root} was given`
  } catch (error) {
    if (error instanceof ZkclearError && error.code === 'RISK_PARAMETERS_INVALID') return error.message
    throw error
  }
}

/** Checks that nobody knows the secrets of the keys, where that matters. */
function checkSetup({ chainId, fault, keys }: Pick<Checking, 'fault' | 'keys'> & { readonly chainId: bigint }): void {
  if (LOCAL_CHAIN_IDS.includes(chainId)) return
  for (const { setup, definition } of keys) {
    if (setup === 'ceremony') continue
    fault(verifierContractName(definition), 'its key is a dev key, whose secrets are public: anybody can forge proofs')
  }
}

/** Checks what may have changed since: whose the contracts are, and which verifiers are in force. */
async function checkNow({
  provider,
  at,
  fault,
  profile,
}: {
  readonly profile: ProfileName
  readonly provider: Provider
  readonly at: (name: string) => string
  readonly fault: Checking['fault']
}): Promise<void> {
  const { Contract } = await import('ethers')
  const ask = async (name: 'Authority' | 'Exits', view: string, ...values: unknown[]) =>
    new Contract(at(name), [...ABIS[name]], provider)
      .getFunction(view)
      .staticCall(...values)
      .catch(() => undefined)
  for (const name of ['Authority', 'Exits'] as const) {
    const owner = String(await ask(name, 'settlement'))
    if (owner.toLowerCase() !== at('Settlement').toLowerCase())
      fault(name, `it is bound to ${owner}, another Settlement`)
  }
  const inForce = (name: string, verifier: unknown) => {
    if (String(verifier).toLowerCase() === at(name).toLowerCase()) return
    fault(name, `it is not in force any more: ${verifier} is, which these keys do not tell of`)
  }
  for (const { kind, circuit, words: count } of heldCircuits(profile)) {
    const { verifier, words } = (await ask('Authority', 'circuits', kind)) ?? {}
    inForce(verifierContractName(circuit), verifier)
    if (words === BigInt(count)) continue
    // Those that the circuit has and the contract leaves out would be applied to the state and to nothing else.
    fault('Authority', `proofs of ${circuit.name} have ${words} words now; the circuit has ${count}`)
  }
  inForce('ExitVerifier', await ask('Authority', 'exitVerifier'))
}

/** The circuits that Authority holds with a number of words, each under its kind. */
function heldCircuits(profile: ProfileName) {
  return [
    ...STATE_CIRCUITS.map((circuit, kind) => ({ kind, circuit, words: circuit.wordCount(profile) })),
    { kind: RISK_UPDATE_KIND, circuit: riskUpdate, words: riskUpdateWordCount(profile) },
  ]
}

function requireRecord(contracts: DeploymentRecord, name: string): void {
  const record = contracts[name]
  const path = `contracts.${name}`
  if (record === undefined) {
    const message = `is missing; name the contracts as "zkclear deploy --json" does: a verifier for each of ${DEPLOYED_CIRCUITS.map((one) => one.name).join(', ')}, and ${VENUE.join(', ')}`
    throw new ZkclearError('INPUT_INVALID', message, { path })
  }
  requireAddress(record.address, `${path}.address`)
  if (/^0x[0-9a-fA-F]{64}$/.test(record.transactionHash)) return
  throw new ZkclearError('INPUT_INVALID', 'need 32 bytes: 0x and 64 hex digits', { path: `${path}.transactionHash` })
}

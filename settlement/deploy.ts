import type { Signer } from 'ethers'
import { STATE_CIRCUITS } from '../circuits/index.ts'
import { marginSufficiency } from '../circuits/margin-sufficiency/index.ts'
import type { CircuitDefinition, Progress } from '../circuits/types.ts'
import { requireAddress } from '../protocol/address.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { assertCanonical, isUint } from '../protocol/numbers.ts'
import { BASIS_POINTS, BITS } from '../protocol/parameters.ts'
import { LOCAL_CHAIN_IDS, verifierContractName } from '../verifier/solidity.ts'
import { answerOf } from './answer.ts'
import { chainError } from './chain-error.ts'
import { type CompiledContract, compileContracts } from './compile-contracts.ts'
import { type VerifierKey, verifierSources } from './verifier-key.ts'

export interface DeployOptions {
  /** Sends the transactions and pays for them; it gets no right over the contracts. */
  signer: Signer
  /** A Groth16 key of each of the DEPLOYED_CIRCUITS, in any order. */
  keys: readonly VerifierKey[]
  /** State root to begin from: a canonical field element other than 0. */
  genesisRoot: bigint
  /** The only address that may post risk roots. */
  riskPublisher: string
  /** What MarginGate asks for, in basis points, in [10000, 2^17). Default 10000: maintenance margin. */
  marginRatioBps?: bigint | undefined
  /**
   * How long ago, in seconds, in [0, 2^32), a state root may have been superseded when MarginGate admits on it. Default 900:
   * time to prove and to wait out a congested chain.
   */
  marginMaxRootAge?: bigint | undefined
  /** How old, in seconds, in [0, 2^32), the prices may be at which MarginGate admits. Default 3600. */
  marginMaxRiskAge?: bigint | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

export interface DeployedContract extends CompiledContract {
  readonly address: string
  readonly transactionHash: string
  readonly gasUsed: bigint
}

export interface Deployment {
  readonly chainId: bigint
  /** Settlement's domain on this chain: what messages and proofs are made for. */
  readonly domain: bigint
  /** By name: a verifier for each circuit, Settlement and MarginGate. */
  readonly contracts: Readonly<Record<'Settlement' | 'MarginGate', DeployedContract> & Record<string, DeployedContract>>
  /** Sum over the contracts. */
  readonly gasUsed: bigint
}

/** The circuits whose proofs the contracts take: those that move the state root, at the place of their kind, and MarginGate's. */
export const DEPLOYED_CIRCUITS: readonly CircuitDefinition[] = [
  ...STATE_CIRCUITS,
  marginSufficiency as CircuitDefinition,
]

/**
 * Generates the verifiers from the keys, compiles the contracts, deploys all one after the other and checks that each is
 * there. Nothing is sent before everything that can be checked has been.
 *
 * Throws INPUT_INVALID; KEY_UNSAFE and ARTIFACT_CORRUPT for a bad key; CHAIN_REFUSED for a dev key on a chain that is not
 * local; COMPILE_FAILED; TRANSACTION_FAILED; CHAIN_UNREACHABLE; ABORTED. The last three carry in `details.deployed` the
 * addresses of what was deployed before.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * const { signer } = connection
 * const artifacts = await Promise.all(DEPLOYED_CIRCUITS.map((circuit) => loadArtifacts(circuit, 'small')))
 * const keys = await Promise.all(artifacts.map(readVerifierKey))
 * const riskPublisher = await signer.getAddress()
 * const { domain, contracts } = await deploy({ signer, keys, genesisRoot: stateRoot(state), riskPublisher })
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { signer, genesisRoot, riskPublisher, signal, onProgress } = options
  const { marginRatioBps = BASIS_POINTS, marginMaxRootAge = 900n, marginMaxRiskAge = 3600n } = options
  checkParameters(genesisRoot, riskPublisher, marginRatioBps)
  checkAge(marginMaxRootAge, 'marginMaxRootAge')
  checkAge(marginMaxRiskAge, 'marginMaxRiskAge')
  const keys = keysInOrder(options.keys)
  const wordCounts = STATE_CIRCUITS.map((circuit, kind) => circuit.wordCount(keys[kind]!.profile))
  const chainId = await chainIdOf(signer)
  refuseDevKeys(keys, chainId)
  onProgress?.({ stage: 'compile contracts', fraction: 0 })
  const compiled = await compileContracts(await verifierSources(keys))

  // Counted here, because a signer whose provider caches answers would use one nonce twice.
  const firstNonce = await signer.getNonce('pending').catch((cause) => {
    throw new ZkclearError('CHAIN_UNREACHABLE', "the node does not say the sender's nonce", { cause })
  })
  const deployed: DeployedContract[] = []
  const next = async (name: string, ...values: unknown[]): Promise<DeployedContract> => {
    onProgress?.({ stage: `deploy ${name}`, fraction: (deployed.length + 1) / (keys.length + 3) })
    try {
      const contract = await deployOne(compiled[name]!, signer, values, firstNonce + deployed.length, signal)
      deployed.push(contract)
      return contract
    } catch (cause) {
      throw deploymentError(name, cause, deployed, signal)
    }
  }
  const verifiers: DeployedContract[] = []
  for (const { definition } of keys) verifiers.push(await next(verifierContractName(definition)))
  const marginVerifier = verifiers.pop()!
  const stateVerifiers = verifiers.map(({ address }, kind) => [address, wordCounts[kind]])
  const settlement = await next('Settlement', genesisRoot, riskPublisher, stateVerifiers)
  const policy = [marginRatioBps, marginMaxRootAge, marginMaxRiskAge]
  const gate = await next('MarginGate', settlement.address, marginVerifier.address, ...policy)
  onProgress?.({ stage: 'deployed', fraction: 1 })
  return {
    chainId,
    domain: settlementDomain(chainId, settlement.address),
    contracts: {
      ...Object.fromEntries(keys.map(({ definition }, i) => [verifierContractName(definition), deployed[i]!])),
      Settlement: settlement,
      MarginGate: gate,
    },
    gasUsed: deployed.reduce((sum, { gasUsed }) => sum + gasUsed, 0n),
  }
}

function checkParameters(genesisRoot: bigint, riskPublisher: string, marginRatioBps: bigint): void {
  if (assertCanonical(genesisRoot, 'genesisRoot') === 0n) {
    throw new ZkclearError('INPUT_INVALID', 'got 0, which is no state root', { path: 'genesisRoot' })
  }
  requireAddress(riskPublisher, 'riskPublisher')
  if (marginRatioBps < BASIS_POINTS || marginRatioBps >> BigInt(BITS.basisPoints) !== 0n) {
    const message = `got ${marginRatioBps}, need basis points in [${BASIS_POINTS}, 2^${BITS.basisPoints})`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'marginRatioBps' })
  }
}

function checkAge(seconds: bigint, path: string): void {
  if (isUint(seconds, 32)) return
  throw new ZkclearError('INPUT_INVALID', `got ${seconds}, need seconds in [0, 2^32)`, { path })
}

/** The keys in the order of DEPLOYED_CIRCUITS, each of which must have exactly one. */
function keysInOrder(given: readonly VerifierKey[]): readonly VerifierKey[] {
  const refuse = (message: string, path: string) => new ZkclearError('INPUT_INVALID', message, { path })
  const names = DEPLOYED_CIRCUITS.map(({ name }) => name)
  for (const [i, { definition, proofSystem = 'groth16' }] of given.entries()) {
    const path = `keys[${i}]`
    if (proofSystem !== 'groth16') throw refuse(`got a ${proofSystem} key; the contracts take Groth16 proofs`, path)
    if (!names.includes(definition.name)) {
      throw refuse(`got the key of ${definition.name}; the contracts take those of ${names.join(', ')}`, path)
    }
    if (given.findIndex((key) => key.definition.name === definition.name) !== i) {
      throw refuse(`got a second key of ${definition.name}; give one of each`, path)
    }
  }
  return names.map((name) => {
    const key = given.find(({ definition }) => definition.name === name)
    if (key === undefined) throw refuse(`have no key of ${name}; give one each of ${names.join(', ')}`, 'keys')
    return key
  })
}

async function chainIdOf(signer: Signer): Promise<bigint> {
  if (signer.provider === null) {
    throw new ZkclearError('INPUT_INVALID', 'the signer is not connected to a node', { path: 'signer' })
  }
  try {
    return (await signer.provider.getNetwork()).chainId
  } catch (cause) {
    throw new ZkclearError('CHAIN_UNREACHABLE', 'the node does not say which chain it serves', { cause })
  }
}

function refuseDevKeys(keys: readonly VerifierKey[], chainId: bigint): void {
  const dev = keys.find(({ setup }) => setup !== 'ceremony')
  if (dev === undefined || LOCAL_CHAIN_IDS.includes(chainId)) return
  const chains = LOCAL_CHAIN_IDS.join(' and ')
  const message =
    `the key of ${dev.definition.name} is a dev key, whose secrets are public: on chain ${chainId} anybody could forge proofs; ` +
    `deploy it to a local chain (${chains}) or make keys in a ceremony`
  throw new ZkclearError('CHAIN_REFUSED', message, { details: { circuit: dev.definition.name, chainId: `${chainId}` } })
}

async function deployOne(
  compiled: CompiledContract,
  signer: Signer,
  values: readonly unknown[],
  nonce: number,
  signal: AbortSignal | undefined,
): Promise<DeployedContract> {
  signal?.throwIfAborted()
  const { ContractFactory } = await import('ethers')
  const provider = signer.provider!
  const factory = new ContractFactory(compiled.abi, compiled.bytecode, signer)
  const contract = await answerOf(factory.deploy(...values, { nonce }), provider, signal)
  const transaction = contract.deploymentTransaction()!
  const receipt = (await answerOf(transaction.wait(), provider, signal))!
  const address = await contract.getAddress()
  if ((await provider.getCode(address)) === '0x') throw new Error(`no code at ${address} after its deployment`)
  return { ...compiled, address, transactionHash: transaction.hash, gasUsed: receipt.gasUsed }
}

function deploymentError(
  name: string,
  cause: unknown,
  deployed: readonly DeployedContract[],
  signal: AbortSignal | undefined,
): ZkclearError {
  const details = { deployed: deployed.map(({ address }) => address) }
  if (signal?.aborted) {
    return new ZkclearError('ABORTED', `deployment was aborted before ${name} was confirmed`, { cause, details })
  }
  return chainError(cause, `deploying ${name} failed`, details)
}

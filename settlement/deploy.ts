import type { Provider, Signer } from 'ethers'
import { riskUpdateWordCount, STATE_CIRCUITS } from '../circuits/index.ts'
import type { Progress } from '../circuits/types.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { venueShape } from '../protocol/shape.ts'
import { emptyState, stateRoot } from '../protocol/state.ts'
import { LOCAL_CHAIN_IDS, verifierContractName } from '../verifier/solidity.ts'
import { chainError } from './chain-error.ts'
import { compileContracts } from './compile-contracts.ts'
import { authorityArguments, settlementArguments } from './constructor-arguments.ts'
import { keysInOrder, refuseDevKeys } from './deploy-keys.ts'
import { type DeployedContract, Deployer } from './deployer.ts'
import { type AssetTerms, completeTerms, type VenueTerms } from './terms.ts'
import { type VerifierKey, verifierSources } from './verifier-key.ts'

export interface DeployOptions {
  /** Sends the transactions and pays for them; it gets no right over the contracts that the terms do not name. */
  signer: Signer
  /** A Groth16 key of each of the DEPLOYED_CIRCUITS, in any order, of one profile. */
  keys: readonly VerifierKey[]
  /** What the venue is deployed with. On a development chain, `"play"` as an asset's token deploys one that anybody may mint. */
  terms: VenueTerms
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

export interface Deployment {
  readonly chainId: bigint
  /** Settlement's domain on this chain: what messages and proofs are made for. */
  readonly domain: bigint
  /** The root that the venue begins with, that of the state without accounts. */
  readonly genesisRoot: bigint
  /** Addresses of the assets' tokens. */
  readonly tokens: readonly string[]
  /** The block of Authority's deployment, the first of the venue: none before has its events. */
  readonly fromBlock: number
  /** By name: a verifier for each circuit, the contracts of the venue, and what play tokens were asked for. */
  readonly contracts: Readonly<Record<VenueContract, DeployedContract> & Record<string, DeployedContract>>
  /** Sum over the contracts. */
  readonly gasUsed: bigint
}

type VenueContract = 'Settlement' | 'Authority' | 'Exits' | 'MarginGate'

/** Stands in the terms for a token that is deployed with the venue. */
export const PLAY = 'play'

/**
 * Generates the verifiers from the keys, compiles the contracts, deploys all one after the other and checks that each is
 * there. Nothing is sent before everything that can be checked has been.
 *
 * Throws INPUT_INVALID for terms that cannot be, a token without code and one of which there is too much; KEY_UNSAFE and
 * ARTIFACT_CORRUPT for a bad key; CHAIN_REFUSED for a dev key or a play token on a chain that is not local; COMPILE_FAILED;
 * TRANSACTION_FAILED; CHAIN_UNREACHABLE; ABORTED. The last three carry in `details.deployed` the addresses of what was deployed
 * before.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * const { signer } = connection
 * const artifacts = await Promise.all(DEPLOYED_CIRCUITS.map((circuit) => loadArtifacts(circuit, 'small')))
 * const keys = await Promise.all(artifacts.map(readVerifierKey))
 * const { domain, contracts } = await deploy({ signer, keys, terms })
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const [key] = keysInOrder(options.keys)
  const genesisRoot = stateRoot(emptyState(venueShape(key!.profile)))
  requireGenesis(options.terms.genesisRoot, genesisRoot)
  return deployFrom(genesisRoot, options)
}

/**
 * The same from any root. The contracts would take any: that a venue begins without accounts is for its users to check, as
 * `verify-deployment` does. Tests and benchmarks begin in the middle of a venue's life.
 */
export async function deployFrom(genesisRoot: bigint, options: DeployOptions): Promise<Deployment> {
  const { signer, signal, onProgress } = options
  const keys = keysInOrder(options.keys)
  const shape = venueShape(keys[0]!.profile)
  const { chainId, provider } = await chainOf(signer)
  const given = withPlaceholders(options.terms)
  const terms = completeTerms(given.terms, shape)
  if (given.play.length > 0) refusePlay(chainId)
  refuseDevKeys(keys, chainId)
  for (const [i, asset] of terms.assets.entries()) {
    if (!given.play.includes(i)) await checkToken(provider, asset, `terms.assets[${i}].token`)
  }
  onProgress?.({ stage: 'compile contracts', fraction: 0 })
  const compiled = await compileContracts(await verifierSources(keys))

  const count = keys.length + given.play.length + 4
  const deployer = await Deployer.start({ signer, count, signal, onProgress })
  const tokens: string[] = []
  const contracts: Record<string, DeployedContract> = {}
  const next = async (name: string, contract: string, ...values: readonly unknown[]) => {
    contracts[name] = await deployer.deploy(name, compiled[contract]!, ...values)
    return contracts[name].address
  }
  for (const [i, { token }] of terms.assets.entries()) {
    tokens.push(given.play.includes(i) ? await next(`PlayToken${i}`, 'PlayToken', `PLAY${i}`) : token)
  }
  const verifiers: string[] = []
  for (const { definition } of keys) {
    const name = verifierContractName(definition)
    verifiers.push(await next(name, name))
  }
  const [riskVerifier, exitVerifier, marginVerifier] = verifiers.slice(STATE_CIRCUITS.length)
  const { profile } = keys[0]!
  const circuits = {
    batches: STATE_CIRCUITS.map((circuit, kind) => ({ verifier: verifiers[kind]!, words: circuit.wordCount(profile) })),
    riskUpdate: { verifier: riskVerifier!, words: riskUpdateWordCount(profile) },
    exitVerifier: exitVerifier!,
  }
  const authority = await next('Authority', 'Authority', ...authorityArguments(terms, circuits))
  const exits = await next('Exits', 'Exits', authority, terms.assets.length, terms.periods.claimPeriod)
  const places = { genesisRoot, accountLevels: shape.accountLevels, tokens, authority, exits }
  const settlement = await next('Settlement', 'Settlement', settlementArguments(terms, places))
  const { ratioBps, maxRootAge, maxRiskAge } = terms.margin
  await next('MarginGate', 'MarginGate', settlement, marginVerifier, ratioBps, maxRootAge, maxRiskAge)
  onProgress?.({ stage: 'deployed', fraction: 1 })
  return {
    chainId,
    domain: settlementDomain(chainId, settlement),
    genesisRoot,
    tokens,
    fromBlock: contracts.Authority!.blockNumber,
    contracts: contracts as Deployment['contracts'],
    gasUsed: deployer.deployed.reduce((sum, { gasUsed }) => sum + gasUsed, 0n),
  }
}

/** The terms with some address for each play token, and which those are. */
function withPlaceholders(terms: VenueTerms): { terms: VenueTerms; play: readonly number[] } {
  const play = terms.assets.flatMap(({ token }, i) => (token === PLAY ? [i] : []))
  const assets = terms.assets.map((asset) =>
    asset.token === PLAY ? { ...asset, token: `0x${'1'.repeat(40)}` } : asset,
  )
  return { terms: { ...terms, assets }, play }
}

function refusePlay(chainId: bigint): void {
  if (LOCAL_CHAIN_IDS.includes(chainId)) return
  const message = `play tokens, which anybody may mint, are for development chains (${LOCAL_CHAIN_IDS.join(' and ')}), and this is chain ${chainId}; name a token`
  throw new ZkclearError('CHAIN_REFUSED', message, { details: { chainId: `${chainId}` } })
}

function requireGenesis(given: bigint | undefined, genesisRoot: bigint): void {
  if (given === undefined || given === genesisRoot) return
  const message = `got ${given}; a venue begins without accounts, and the root of that state is ${genesisRoot}: leave genesisRoot out`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'terms.genesisRoot' })
}

/** Throws INPUT_INVALID unless a token is there, of which there are far fewer lots than are counted. */
async function checkToken(provider: Provider, { token, lotScale }: AssetTerms, path: string): Promise<void> {
  const { Contract } = await import('ethers')
  const refuse = (message: string) => new ZkclearError('INPUT_INVALID', message, { path })
  const code = await provider.getCode(token).catch((cause) => {
    throw chainError(cause, `what is at ${token} cannot be read`)
  })
  if (code === '0x')
    throw refuse(`got ${token}, where there is no code on this chain; give the address of an ERC-20 token`)
  const contract = new Contract(token, ['function totalSupply() view returns (uint256)'], provider)
  const supply = await contract
    .getFunction('totalSupply')
    .staticCall()
    .catch((cause) => {
      const error = chainError(cause, `the supply of ${token} cannot be read`)
      throw error.code === 'CHAIN_UNREACHABLE'
        ? error
        : refuse(`got ${token}, which does not tell its supply as ERC-20 tokens do`)
    })
  const lots = (supply as bigint) / lotScale
  if (lots >> SUPPLY_BITS === 0n) return
  throw refuse(
    `has a supply of ${lots} lots of ${lotScale} units, and 2^${SUPPLY_BITS} is the most; choose a larger lotScale`,
  )
}

/** Of an asset, fewer lots are deposited in all. */
const SUPPLY_BITS = 79n

async function chainOf(signer: Signer): Promise<{ chainId: bigint; provider: Provider }> {
  const { provider } = signer
  if (provider === null) {
    throw new ZkclearError('INPUT_INVALID', 'the signer is not connected to a node', { path: 'signer' })
  }
  try {
    return { chainId: (await provider.getNetwork()).chainId, provider }
  } catch (cause) {
    throw new ZkclearError('CHAIN_UNREACHABLE', 'the node does not say which chain it serves', { cause })
  }
}

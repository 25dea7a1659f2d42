import {
  type BaseContract,
  type BaseContractMethod,
  Contract,
  type ContractRunner,
  type ContractTransactionResponse,
  id,
} from 'ethers'
import { network } from 'hardhat'
import { type RiskUpdateStatement, riskUpdateWordCount, riskUpdateWords } from '../../../circuits/risk-update/index.ts'
import { type StateMoveStatement, wordsOf } from '../../../circuits/state/statement.ts'
import { TRADE_BATCH_SIZES } from '../../../circuits/trade-batch/index.ts'
import { marginContext } from '../../../protocol/domain.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { keyToRegister, tradingKey } from '../../../protocol/signature.ts'
import { emptyState, stateRoot } from '../../../protocol/state.ts'
import { accountSlots } from '../../../protocol/trade-batch/account-slots.ts'
import { packTradeData } from '../../../protocol/trade-batch/words.ts'
import { deploy } from '../../../settlement/deploy.ts'
import type { DeployedContract } from '../../../settlement/deployer.ts'
import type { VenueTerms } from '../../../settlement/terms.ts'
import type { Groth16Proof } from '../../../verifier/proof.ts'
import { deployedKeys, prove, riskUpdateKey, type Statement, signalsOf, tradeBatchKey } from './dev-keys.ts'

/** A canonical field element that depends on nothing but its name. */
export const element = (name: string) => BigInt(id(name)) >> 8n

const SHAPE = venueShape('small')

/** The root that every venue begins with. */
export const GENESIS_ROOT = stateRoot(emptyState(SHAPE))
export const RISK_ROOT = element('risk root')
export const PURPOSE = id('enter the auction')
/** The kind of trade batches. */
export const TRADE_BATCH = 0n
export const RATIO_BPS = 12_000n
export const MAX_ROOT_AGE = 600n
export const MAX_RISK_AGE = 7_200n

type View<Result> = BaseContractMethod<unknown[], Result, Result>
type Transact = BaseContractMethod<unknown[], unknown, ContractTransactionResponse>
type Typed<Methods> = Omit<BaseContract, 'connect'> & Methods

interface SettlementMethods {
  settle: Transact
  updateRisk: Transact
  domain: View<bigint>
  stateRoot: View<bigint>
  rootAge: View<[recent: boolean, age: bigint]>
  batchCount: View<bigint>
  lastTimestamp: View<bigint>
  riskRoot: View<bigint>
  riskAsOf: View<bigint>
  authority: View<string>
  exits: View<string>
  ownerOf: View<string>
  lots: View<[queued: bigint, vault: bigint, claimable: bigint]>
  RECENT_ROOTS: View<bigint>
  MAX_CLOCK_SKEW: View<bigint>
}

interface AuthorityMethods {
  circuits: View<[verifier: string, words: bigint]>
  kinds: View<bigint>
  governor: View<string>
  operator: View<string>
  guardian: View<string>
  exitVerifier: View<string>
  parametersRoot: View<bigint>
  upgradeDelay: View<bigint>
}

interface GateMethods {
  admit: Transact
  usedAt: View<bigint>
  context: View<bigint>
  ratioBps: View<bigint>
  maxRootAge: View<bigint>
  maxRiskAge: View<bigint>
  settlement: View<string>
}

interface VerifierMethods {
  verifyProof: View<boolean>
}

/** A proof in the shape contracts take it: the imaginary part of each coordinate first. */
export const proofArgument = ({ a, b, c }: Groth16Proof) => ({
  a,
  b: b.map(([real, imaginary]) => [imaginary, real]),
  c,
})

/** The words that a full batch publishes after the five of its statement; no proof needs them to be true here. */
export const DATA: readonly bigint[] = packTradeData({
  closingOnly: false,
  ...{ domain: 1n, timestamp: 1n, riskRoot: 1n, oldStateRoot: 1n, newStateRoot: 1n },
  newMarketsRoot: element('markets root'),
  accounts: Array.from({ length: accountSlots(TRADE_BATCH_SIZES.small) }, (_, i) => {
    return { index: 9 + i, leaf: element(`leaf ${i}`), update: [element(`first ${i}`), element(`second ${i}`)] }
  }),
  slots: accountSlots(TRADE_BATCH_SIZES.small),
}).slice(5)

/** Arguments of `settle` for a batch, with a proof of it, or of another one. */
export function settleArguments(called: StateMoveStatement, proved = called, proof = prove(tradeBatchKey, proved)) {
  const [commitment] = signalsOf(tradeBatchKey, proved)
  const plain = { payers: [], anchor: `0x${'0'.repeat(64)}`, signature: '0x' }
  return [TRADE_BATCH, { proof: proofArgument(proof), commitment, words: [...wordsOf(called)], ...plain }] as const
}

const MEDIANS = Array.from({ length: riskUpdateWordCount('small') - 6 }, (_, i) => element(`medians ${i}`))

/** Arguments of `updateRisk` for an update, with a proof of it, or of another one. */
function updateArguments(called: RiskUpdateStatement, proved = called) {
  const [commitment] = signalsOf(riskUpdateKey, proved)
  return [proofArgument(prove(riskUpdateKey, proved)), commitment, [...riskUpdateWords(called)]] as const
}

/** Terms of a venue of two play tokens, with those addresses. */
export function termsOf(roles: Pick<VenueTerms, 'governor' | 'operator'> & { house: string }) {
  const { house, ...others } = roles
  const key = keyToRegister(tradingKey(new Uint8Array(32).fill(1)))
  const terms = {
    assets: Array.from({ length: SHAPE.collaterals }, () => ({ token: 'play', lotScale: 1_000n, minDeposit: 1n })),
    house: { owner: house, key, ownerCommitment: element('owner'), viewCommitment: element('view key') },
    ...others,
    margin: { ratioBps: RATIO_BPS, maxRootAge: MAX_ROOT_AGE, maxRiskAge: MAX_RISK_AGE },
  } satisfies VenueTerms
  return terms
}

/**
 * A chain with all contracts, deployed by the library that `zkclear deploy` uses, under keys whose secrets are known. The
 * operator settles.
 */
export async function createVenue({ chainId = 31337 } = {}) {
  const { ethers, networkHelpers } = await network.create({ override: { chainId } })
  const [deployer, operator, governor, house, anybody] = await ethers.getSigners()
  const terms = termsOf({
    governor: governor!.address,
    operator: operator!.address,
    house: house!.address,
  })
  const deployment = await deploy({ signer: deployer!, keys: deployedKeys, terms })
  const at = <Methods>({ address, abi }: DeployedContract, runner: ContractRunner = operator!) =>
    new Contract(address, abi, runner) as unknown as Typed<Methods>
  const { contracts } = deployment
  const settlement = at<SettlementMethods>(contracts.Settlement)
  const settlementAs = (runner: ContractRunner) => at<SettlementMethods>(contracts.Settlement, runner)

  const now = async () => BigInt(await networkHelpers.time.latest())
  /** The statement Settlement checks for an update that leads to the table with that root now, but for the given changes. */
  const riskUpdate = async (newRiskRoot: bigint, changes: Partial<RiskUpdateStatement> = {}) => ({
    domain: deployment.domain,
    asOf: await now(),
    parametersRoot: await at<AuthorityMethods>(contracts.Authority).parametersRoot(),
    oldRiskRoot: await settlement.riskRoot(),
    newRiskRoot,
    listings: 0n,
    medians: MEDIANS,
    ...changes,
  })
  const publish = async (riskRoot = RISK_ROOT, asOf?: bigint) => {
    // Tables are some time apart.
    if ((await settlement.riskRoot()) !== 0n) await networkHelpers.time.increase(150)
    const update = await riskUpdate(riskRoot, asOf === undefined ? {} : { asOf })
    return (await settlementAs(anybody!).updateRisk(...updateArguments(update))).wait()
  }

  /** The statement Settlement checks for a batch that leads to `newStateRoot` now, but for the given changes. */
  const batch = async (
    newStateRoot: bigint,
    changes: Partial<StateMoveStatement> = {},
  ): Promise<StateMoveStatement> => ({
    domain: deployment.domain,
    timestamp: await now(),
    riskRoot: await settlement.riskRoot(),
    oldStateRoot: await settlement.stateRoot(),
    newStateRoot,
    data: DATA,
    ...changes,
  })
  /** The statement MarginGate checks for an account of that name, but for the given changes. */
  const margin = async (account: string, changes: Statement = {}) => ({
    domain: deployment.domain,
    stateRoot: await settlement.stateRoot(),
    riskRoot: await settlement.riskRoot(),
    ratioBps: RATIO_BPS,
    context: marginContext(contracts.MarginGate.address, PURPOSE),
    nullifier: element(account),
    ...changes,
  })
  const settle = async (newStateRoot: bigint) => {
    return (await settlement.settle(...settleArguments(await batch(newStateRoot)))).wait()
  }
  return {
    ethers,
    networkHelpers,
    deployment,
    deployer: deployer!,
    operator: operator!,
    governor: governor!,
    house: house!,
    anybody: anybody!,
    terms,
    settlement,
    authority: at<AuthorityMethods>(contracts.Authority),
    settlementAs,
    gate: at<GateMethods>(contracts.MarginGate),
    tradeBatchVerifier: at<VerifierMethods>(contracts.TradeBatchVerifier!),
    now,
    riskUpdate,
    publish,
    batch,
    margin,
    settle,
    reset: (await networkHelpers.takeSnapshot()).restore,
  }
}

export type Venue = Awaited<ReturnType<typeof createVenue>>

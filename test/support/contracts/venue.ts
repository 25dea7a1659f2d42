import {
  type BaseContract,
  type BaseContractMethod,
  Contract,
  type ContractRunner,
  type ContractTransactionResponse,
  id,
} from 'ethers'
import { network } from 'hardhat'
import { type StateMoveStatement, wordsOf } from '../../../circuits/state/statement.ts'
import { TRADE_BATCH_SIZES } from '../../../circuits/trade-batch/index.ts'
import { marginContext } from '../../../protocol/domain.ts'
import { packTradeData } from '../../../protocol/trade-batch/words.ts'
import { type DeployedContract, deploy } from '../../../settlement/deploy.ts'
import type { Groth16Proof } from '../../../verifier/proof.ts'
import { deployedKeys, prove, type Statement, signalsOf, tradeBatchKey } from './dev-keys.ts'

/** A canonical field element that depends on nothing but its name. */
export const element = (name: string) => BigInt(id(name)) >> 8n

export const GENESIS_ROOT = element('genesis root')
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
  verifiers: View<[verifier: string, wordCount: bigint]>
  kinds: View<bigint>
  postRiskRoot: Transact
  domain: View<bigint>
  stateRoot: View<bigint>
  rootAge: View<[recent: boolean, age: bigint]>
  batchCount: View<bigint>
  lastTimestamp: View<bigint>
  riskRoot: View<bigint>
  riskAsOf: View<bigint>
  riskPublisher: View<string>
  RECENT_ROOTS: View<bigint>
  MAX_CLOCK_SKEW: View<bigint>
}

interface GateMethods {
  admit: Transact
  admittedAt: View<bigint>
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
  ...{ domain: 1n, timestamp: 1n, riskRoot: 1n, oldStateRoot: 1n, newStateRoot: 1n },
  newBooksRoot: element('books root'),
  accounts: Array.from({ length: TRADE_BATCH_SIZES.small.accounts }, (_, i) => {
    return { index: 9 + i, leaf: element(`leaf ${i}`), update: [element(`first ${i}`), element(`second ${i}`)] }
  }),
  slots: TRADE_BATCH_SIZES.small.accounts,
}).slice(5)

/** Arguments of `settle` for a batch, with a proof of it, or of another one. */
export function settleArguments(called: StateMoveStatement, proved = called, proof = prove(tradeBatchKey, proved)) {
  const [commitment] = signalsOf(tradeBatchKey, proved)
  return [TRADE_BATCH, proofArgument(proof), commitment, wordsOf(called)] as const
}

/** A chain with all four contracts, deployed by the library that `zkclear deploy` uses, under keys whose secrets are known. */
export async function createVenue({ chainId = 31337 } = {}) {
  const { ethers, networkHelpers } = await network.create({ override: { chainId } })
  const [deployer, riskPublisher, anybody] = await ethers.getSigners()
  const deployment = await deploy({
    signer: deployer!,
    keys: deployedKeys,
    genesisRoot: GENESIS_ROOT,
    riskPublisher: riskPublisher!.address,
    marginRatioBps: RATIO_BPS,
    marginMaxRootAge: MAX_ROOT_AGE,
    marginMaxRiskAge: MAX_RISK_AGE,
  })
  const at = <Methods>({ address, abi }: DeployedContract, runner: ContractRunner = anybody!) =>
    new Contract(address, abi, runner) as unknown as Typed<Methods>
  const { contracts } = deployment
  const settlement = at<SettlementMethods>(contracts.Settlement)
  const settlementAs = (runner: ContractRunner) => at<SettlementMethods>(contracts.Settlement, runner)
  const asPublisher = settlementAs(riskPublisher!)

  const now = async () => BigInt(await networkHelpers.time.latest())
  const publish = async (riskRoot = RISK_ROOT, asOf?: bigint) =>
    (await asPublisher.postRiskRoot(riskRoot, asOf ?? (await now()))).wait()

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
    riskPublisher: riskPublisher!,
    anybody: anybody!,
    settlement,
    settlementAs,
    asPublisher,
    gate: at<GateMethods>(contracts.MarginGate),
    tradeBatchVerifier: at<VerifierMethods>(contracts.TradeBatchVerifier!),
    now,
    publish,
    batch,
    margin,
    settle,
    reset: (await networkHelpers.takeSnapshot()).restore,
  }
}

export type Venue = Awaited<ReturnType<typeof createVenue>>

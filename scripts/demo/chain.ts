import {
  type BaseContractMethod,
  Contract,
  type ContractTransactionReceipt,
  type ContractTransactionResponse,
  type Interface,
} from 'ethers'
import { network } from 'hardhat'
import { type MarginStatement, marginSufficiency } from '../../circuits/margin-sufficiency/index.ts'
import { type TradeBatchStatement, tradeBatch } from '../../circuits/trade-batch/index.ts'
import type { CircuitDefinition, Progress } from '../../circuits/types.ts'
import type { CircuitArtifacts } from '../../keys/load.ts'
import { marginContext } from '../../protocol/domain.ts'
import { hashRiskTable, type RiskTable } from '../../protocol/risk-table.ts'
import type { Proved } from '../../prover/prover.ts'
import { type Deployment, deploy } from '../../settlement/deploy.ts'
import { readVerifierKey } from '../../settlement/verifier-key.ts'
import { toCalldata } from '../../verifier/calldata.ts'

type Method = BaseContractMethod<unknown[], unknown, ContractTransactionResponse>

/** The error of ours with which a contract refused a call, by its name in the contract's interface. */
export type Refusal = string

export interface ChainOptions {
  readonly tradeBatch: CircuitArtifacts
  readonly marginSufficiency: CircuitArtifacts
  readonly genesisRoot: bigint
  /** Unix seconds at which the chain begins. */
  readonly time: bigint
  readonly onProgress?: (progress: Progress) => void
}

/** A chain inside this process with the venue's contracts on it. Ends when it is disposed. */
export class Chain implements AsyncDisposable {
  readonly deployment: Deployment
  readonly #connection: Connection
  readonly #settlement: Contract
  readonly #gate: Contract

  private constructor(connection: Connection, deployment: Deployment, settlement: Contract, gate: Contract) {
    this.#connection = connection
    this.deployment = deployment
    this.#settlement = settlement
    this.#gate = gate
  }

  static async start(options: ChainOptions): Promise<Chain> {
    const connection = await connect(options.time)
    try {
      const [signer] = await connection.ethers.getSigners()
      const deployment = await deploy({
        signer: signer!,
        keys: await Promise.all([options.tradeBatch, options.marginSufficiency].map(readVerifierKey)),
        genesisRoot: options.genesisRoot,
        riskPublisher: signer!.address,
        onProgress: options.onProgress,
      })
      const { Settlement, MarginGate } = deployment.contracts
      const settlement = new Contract(Settlement.address, Settlement.abi, signer)
      return new Chain(connection, deployment, settlement, new Contract(MarginGate.address, MarginGate.abi, signer))
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  /** Makes the next block's time at least that of the venue. */
  async reach(time: bigint): Promise<void> {
    const { networkHelpers } = this.#connection
    if (BigInt(await networkHelpers.time.latest()) < time) await networkHelpers.time.setNextBlockTimestamp(time)
  }

  async postRiskTable(table: RiskTable): Promise<ContractTransactionReceipt> {
    await this.reach(table.asOf)
    return this.#send(this.#settlement, 'postRiskRoot', [hashRiskTable(table), table.asOf])
  }

  async settle(proved: Proved<'trade-batch', TradeBatchStatement>): Promise<ContractTransactionReceipt> {
    await this.reach(proved.statement.timestamp)
    return this.#send(this.#settlement, 'settle', settleArguments(proved))
  }

  /** How Settlement refuses the proof; undefined if it would take it. */
  async settleRefusal(proved: Proved<'trade-batch', TradeBatchStatement>): Promise<Refusal | undefined> {
    return refusalOf(this.#settlement, 'settle', settleArguments(proved))
  }

  async stateRoot(): Promise<bigint> {
    return this.#settlement.getFunction('stateRoot').staticCall() as Promise<bigint>
  }

  /** What a margin proof for MarginGate and that purpose must be made for. */
  marginTerms(purpose: string): { domain: bigint; ratioBps: bigint; context: bigint } {
    const { domain, contracts } = this.deployment
    return { domain, ratioBps: 10_000n, context: marginContext(contracts.MarginGate.address, purpose) }
  }

  async admit(
    purpose: string,
    proved: Proved<'margin-sufficiency', MarginStatement>,
  ): Promise<ContractTransactionReceipt> {
    return this.#send(this.#gate, 'admit', admitArguments(purpose, proved))
  }

  async admitRefusal(
    purpose: string,
    proved: Proved<'margin-sufficiency', MarginStatement>,
  ): Promise<Refusal | undefined> {
    return refusalOf(this.#gate, 'admit', admitArguments(purpose, proved))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close()
  }

  async #send(contract: Contract, method: string, values: unknown[]): Promise<ContractTransactionReceipt> {
    const response = await contract.getFunction<Method>(method).send(...values)
    const receipt = await response.wait()
    if (receipt?.status !== 1) throw new Error(`the transaction ${method} failed`)
    return receipt
  }
}

type Connection = Awaited<ReturnType<typeof connect>>

function connect(time: bigint) {
  // Batches of one time follow each other, so blocks may share a time as well.
  const override = { chainId: 31_337, initialDate: new Date(Number(time) * 1000), allowBlocksWithSameTimestamp: true }
  return network.create({ override })
}

function proofArgument<Statement>(
  definition: CircuitDefinition<string, Statement>,
  { proof, statement }: Pick<Proved<string, Statement>, 'proof' | 'statement'>,
) {
  const { pA, pB, pC } = toCalldata(definition, proof, statement)
  return { a: pA, b: pB, c: pC }
}

function settleArguments(proved: Proved<'trade-batch', TradeBatchStatement>): unknown[] {
  const { newStateRoot, timestamp } = proved.statement
  return [tradeBatch.settlementKind, proofArgument(tradeBatch, proved), newStateRoot, timestamp]
}

function admitArguments(purpose: string, proved: Proved<'margin-sufficiency', MarginStatement>): unknown[] {
  const { stateRoot, nullifier } = proved.statement
  return [purpose, stateRoot, nullifier, proofArgument(marginSufficiency, proved)]
}

async function refusalOf(contract: Contract, method: string, values: unknown[]): Promise<Refusal | undefined> {
  try {
    await contract.getFunction<Method>(method).staticCall(...values)
    return undefined
  } catch (error) {
    const { data } = error as { data?: unknown }
    const refusal = typeof data === 'string' ? (contract.interface as Interface).parseError(data)?.name : undefined
    if (refusal === undefined) throw error
    return refusal
  }
}

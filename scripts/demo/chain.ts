import { network } from 'hardhat'
import type { MarginStatement } from '../../circuits/margin-sufficiency/index.ts'
import type { TradeBatchStatement } from '../../circuits/trade-batch/index.ts'
import type { Progress } from '../../circuits/types.ts'
import type { CircuitArtifacts } from '../../keys/load.ts'
import { marginContext } from '../../protocol/domain.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { Proved } from '../../prover/prover.ts'
import { deployFrom } from '../../settlement/deploy.ts'
import {
  admit,
  type Confirmation,
  type Deployment,
  deploy,
  postRiskTable,
  readSettlement,
  readVerifierKey,
  settle,
  type VenueTerms,
} from '../../settlement/index.ts'

type ProvedBatch = Proved<'trade-batch', TradeBatchStatement>
type ProvedMargin = Proved<'margin-sufficiency', MarginStatement>

/** The error of ours with which a contract refused a call, by its name in the contract's interface. */
export type Refusal = string

export interface ChainOptions {
  /** Those of all deployed circuits. */
  readonly artifacts: readonly CircuitArtifacts[]
  readonly terms: VenueTerms
  /** To begin in the middle of a venue's life. Default: without accounts. */
  readonly genesisRoot?: bigint
  /** Unix seconds at which the chain begins. */
  readonly time: bigint
  readonly onProgress?: (progress: Progress) => void
}

/** A chain inside this process with the venue's contracts on it, and one account that does everything. Ends when disposed. */
export class Chain implements AsyncDisposable {
  readonly deployment: Deployment
  readonly #connection: Connection
  readonly #signer: Signer

  private constructor(connection: Connection, signer: Signer, deployment: Deployment) {
    this.#connection = connection
    this.#signer = signer
    this.deployment = deployment
  }

  static async start(options: ChainOptions): Promise<Chain> {
    const connection = await connect(options.time)
    try {
      const signer = (await connection.ethers.getSigners())[0]!
      const { terms, genesisRoot, onProgress } = options
      const keys = await Promise.all(options.artifacts.map(readVerifierKey))
      const deploying = { signer, keys, terms, onProgress }
      const deployment = await (genesisRoot === undefined ? deploy(deploying) : deployFrom(genesisRoot, deploying))
      return new Chain(connection, signer, deployment)
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

  async postRiskTable(table: RiskTable): Promise<Confirmation> {
    await this.reach(table.asOf)
    return postRiskTable({ ...this.#settlement(), table })
  }

  async settle(proved: ProvedBatch): Promise<Confirmation> {
    await this.reach(proved.statement.timestamp)
    return settle({ ...this.#settlement(), proved })
  }

  /** How Settlement refuses the proof, which it must. */
  async settleRefusal(proved: ProvedBatch): Promise<Refusal> {
    return refusalOf(settle({ ...this.#settlement(), proved }))
  }

  async stateRoot(): Promise<bigint> {
    return (await readSettlement(this.#settlement())).stateRoot
  }

  /** What a margin proof for MarginGate and that purpose must be made for. */
  marginTerms(purpose: string): { domain: bigint; ratioBps: bigint; context: bigint } {
    return { domain: this.deployment.domain, ratioBps: 10_000n, context: marginContext(this.#gate().gate, purpose) }
  }

  async admit(purpose: string, proved: ProvedMargin): Promise<Confirmation> {
    return admit({ ...this.#gate(), purpose, proved })
  }

  /** How MarginGate refuses the proof, which it must. */
  async admitRefusal(purpose: string, proved: ProvedMargin): Promise<Refusal> {
    return refusalOf(admit({ ...this.#gate(), purpose, proved }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close()
  }

  #settlement() {
    return { signer: this.#signer, settlement: this.deployment.contracts.Settlement.address }
  }

  #gate() {
    return { signer: this.#signer, gate: this.deployment.contracts.MarginGate.address }
  }
}

type Connection = Awaited<ReturnType<typeof connect>>
type Signer = Awaited<ReturnType<Connection['ethers']['getSigners']>>[number]

function connect(time: bigint) {
  // Batches of one time follow each other, so blocks may share a time as well.
  const override = { chainId: 31_337, initialDate: new Date(Number(time) * 1000), allowBlocksWithSameTimestamp: true }
  return network.create({ override })
}

async function refusalOf(call: Promise<Confirmation>): Promise<Refusal> {
  const error = await call.then(
    () => new Error('the contract took the call, which it should have refused'),
    (reason) => reason,
  )
  if (error instanceof ZkclearError && error.code === 'CONTRACT_REFUSED') return String(error.details.refusal)
  throw error
}

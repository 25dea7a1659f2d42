import { Contract, type JsonRpcProvider, type Signer } from 'ethers'
import { network } from 'hardhat'
import type { Progress } from '../../circuits/types.ts'
import type { CircuitArtifacts } from '../../keys/load.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { ABIS } from '../../settlement/abi.ts'
import { deployFrom } from '../../settlement/deploy.ts'
import {
  type Confirmation,
  type Connection,
  connect,
  type Deployment,
  deploy,
  readSettlement,
  readVerifierKey,
  type Settled,
  type StateProof,
  settle,
  type VenueTerms,
} from '../../settlement/index.ts'

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

/** A development node in its own server, with a venue's contracts on it; its first account has every role. Ends when disposed. */
export class Chain implements AsyncDisposable {
  readonly deployment: Deployment
  /** Where other processes find the node. */
  readonly rpcUrl: string
  readonly #server: Server
  readonly #connection: Connection

  private constructor(server: Server, rpcUrl: string, connection: Connection, deployment: Deployment) {
    this.#server = server
    this.rpcUrl = rpcUrl
    this.#connection = connection
    this.deployment = deployment
  }

  static async start(options: ChainOptions): Promise<Chain> {
    // Batches of one time follow each other, so blocks may share a time as well.
    const initialDate = new Date(Number(options.time) * 1000)
    const override = { chainId: 31_337, initialDate, allowBlocksWithSameTimestamp: true }
    const server = await network.createServer({ override }, '127.0.0.1', 0)
    try {
      const { address, port } = await server.listen()
      const rpcUrl = `http://${address}:${port}`
      const connection = await connect({ rpcUrl })
      const { signer } = connection
      // The node is in this machine and mines at once: it may be asked often.
      Object.assign(signer.provider as JsonRpcProvider, { pollingInterval: 20 })
      const { terms, genesisRoot, onProgress } = options
      const keys = await Promise.all(options.artifacts.map(readVerifierKey))
      const deploying = { signer, keys, terms, onProgress }
      const deployment = await (genesisRoot === undefined ? deploy(deploying) : deployFrom(genesisRoot, deploying))
      return new Chain(server, rpcUrl, connection, deployment)
    } catch (error) {
      await server.close()
      throw error
    }
  }

  get provider(): JsonRpcProvider {
    return this.#connection.signer.provider as JsonRpcProvider
  }

  /** Address of the Settlement, and who is called as its operator. */
  get settlement(): { readonly signer: Signer; readonly settlement: string } {
    return { signer: this.#connection.signer, settlement: this.deployment.contracts.Settlement.address }
  }

  /** The n-th account that the node has unlocked; the first has every role of the venue. */
  async account(n: number): Promise<Signer> {
    return this.provider.getSigner(n)
  }

  /** The newest block's time, in unix seconds. */
  async time(): Promise<bigint> {
    return BigInt((await this.provider.getBlock('latest'))!.timestamp)
  }

  /** Makes the next block's time at least that one. */
  async reach(time: bigint): Promise<void> {
    if ((await this.time()) < time) await this.provider.send('evm_setNextBlockTimestamp', [Number(time)])
  }

  /** Lets time pass until then, and makes a block. */
  async waitUntil(time: bigint): Promise<void> {
    await this.reach(time)
    await this.provider.send('evm_mine', [])
  }

  async settle(proved: StateProof): Promise<Settled> {
    await this.reach(proved.statement.timestamp)
    return settle({ ...this.settlement, proved })
  }

  /** The same batch, from somebody else. */
  async settleAs(signer: Signer, proved: StateProof): Promise<Settled> {
    return settle({ ...this.settlement, signer, proved })
  }

  /** Lots of an asset that wait in the queue, that accounts own, and that owners may claim. */
  async lots(asset: number): Promise<readonly [queued: bigint, vault: bigint, claimable: bigint]> {
    return this.#call('lots', asset)
  }

  /** Lots that the address is credited, and how many of them are free. */
  async creditOf(owner: string, asset: number): Promise<readonly [all: bigint, free: bigint]> {
    return this.#call('creditOf', owner, asset)
  }

  /** Lots of each asset that the contract holds, by the tokens themselves. */
  async balances(): Promise<readonly bigint[]> {
    const { tokens } = this.deployment
    const balances = tokens.map(async (token, asset) => {
      const contract = new Contract(token, ['function balanceOf(address) view returns (uint256)'], this.provider)
      const units: bigint = await contract.getFunction('balanceOf').staticCall(this.settlement.settlement)
      return units / (await this.#call<bigint>('lotScale', asset))
    })
    return Promise.all(balances)
  }

  async stateRoot(): Promise<bigint> {
    return (await readSettlement(this.settlement)).stateRoot
  }

  async #call<Result>(name: string, ...values: readonly unknown[]): Promise<Result> {
    const contract = new Contract(this.settlement.settlement, [...ABIS.Settlement], this.provider)
    return contract.getFunction(name).staticCall(...values)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection[Symbol.dispose]()
    await this.#server.close()
  }
}

type Server = Awaited<ReturnType<typeof network.createServer>>

/** How a contract refuses a call, which it must. */
export async function refusalOf(call: Promise<Confirmation>): Promise<Refusal> {
  const error = await call.then(
    () => new Error('the contract took the call, which it should have refused'),
    (reason) => reason,
  )
  if (error instanceof ZkclearError && error.code === 'CONTRACT_REFUSED') return String(error.details.refusal)
  throw error
}

import type { Signer } from 'ethers'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { answerOf } from './answer.ts'
import { chainError } from './chain-error.ts'
import type { CompiledContract } from './compiled-contract.ts'

export interface DeployedContract extends CompiledContract {
  readonly address: string
  readonly transactionHash: string
  readonly blockNumber: number
  readonly gasUsed: bigint
}

export interface DeployerOptions {
  readonly signer: Signer
  /** How many contracts there will be. */
  readonly count: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Deploys one contract after the other, and tells at a failure what stands already. */
export class Deployer {
  readonly deployed: DeployedContract[] = []
  readonly #options: DeployerOptions
  /** Counted here, because a signer whose provider caches answers would use one nonce twice. */
  readonly #firstNonce: number

  private constructor(options: DeployerOptions, firstNonce: number) {
    this.#options = options
    this.#firstNonce = firstNonce
  }

  /** Throws CHAIN_UNREACHABLE. */
  static async start(options: DeployerOptions): Promise<Deployer> {
    const nonce = await options.signer.getNonce('pending').catch((cause) => {
      throw new ZkclearError('CHAIN_UNREACHABLE', "the node does not say the sender's nonce", { cause })
    })
    return new Deployer(options, nonce)
  }

  /** Throws TRANSACTION_FAILED, CHAIN_UNREACHABLE, ABORTED, each with the addresses so far in `details.deployed`. */
  async deploy(name: string, compiled: CompiledContract, ...values: readonly unknown[]): Promise<DeployedContract> {
    const { count, signal, onProgress } = this.#options
    onProgress?.({ stage: `deploy ${name}`, fraction: (this.deployed.length + 1) / (count + 1) })
    try {
      signal?.throwIfAborted()
      const contract = await this.#send(compiled, values)
      this.deployed.push(contract)
      return contract
    } catch (cause) {
      const details = { deployed: this.deployed.map(({ address }) => address) }
      if (!signal?.aborted) throw chainError(cause, `deploying ${name} failed`, details)
      throw new ZkclearError('ABORTED', `deployment was aborted before ${name} was confirmed`, { cause, details })
    }
  }

  async #send(compiled: CompiledContract, values: readonly unknown[]): Promise<DeployedContract> {
    const { signer, signal } = this.#options
    const { ContractFactory } = await import('ethers')
    const provider = signer.provider!
    const factory = new ContractFactory(compiled.abi, compiled.bytecode, signer)
    const nonce = this.#firstNonce + this.deployed.length
    const contract = await answerOf(factory.deploy(...values, { nonce }), provider, signal)
    const transaction = contract.deploymentTransaction()!
    const receipt = (await answerOf(transaction.wait(), provider, signal))!
    const address = await contract.getAddress()
    if ((await provider.getCode(address)) === '0x') throw new Error(`no code at ${address} after its deployment`)
    const { blockNumber, gasUsed } = receipt
    return { ...compiled, address, transactionHash: transaction.hash, blockNumber, gasUsed }
  }
}

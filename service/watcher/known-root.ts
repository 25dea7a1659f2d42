import type { Provider } from 'ethers'
import { max } from '../../protocol/numbers.ts'
import { chainError } from '../../settlement/chain-error.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import { readLogs } from '../../settlement/logs.ts'
import { lastTables } from '../../settlement/risk/last-tables.ts'
import { view } from '../../settlement/view.ts'
import type { KnownRoot, RootsOfChain } from '../traders/provable-states.ts'

export interface RootReaderOptions {
  readonly provider: Provider
  readonly at: ContractAt
  /** The block of the contract's deployment. */
  readonly fromBlock: number
}

/** Blocks before the newest that was read in which a root may turn up later: such as a reorganisation has put there. */
const BACK = 64

type Age = readonly [known: boolean, age: bigint, table: bigint]

/** Asks a Settlement how it knows the roots that batches led to. Throws CHAIN_UNREACHABLE, TRANSACTION_FAILED. */
export class RootReader implements RootsOfChain {
  readonly #options: RootReaderOptions
  /** No root that is asked for the first time is looked for in earlier blocks than this. */
  #from: number

  constructor(options: RootReaderOptions) {
    this.#options = options
    this.#from = options.fromBlock
  }

  async knownRoot(root: bigint): Promise<KnownRoot | undefined> {
    const { provider, at, fromBlock } = this.#options
    const newest = await provider.getBlockNumber().catch((cause) => {
      throw chainError(cause, 'the node does not tell its blocks')
    })
    let block: number | undefined
    const word = `0x${root.toString(16).padStart(64, '0')}`
    const topics = [at.contract.interface.getEvent('Settled')!.topicHash, null, null, word]
    for await (const log of readLogs(provider, at.address, topics, { fromBlock: this.#from, toBlock: newest })) {
      block = log.blockNumber
    }
    this.#from = block === undefined ? fromBlock : Math.max(fromBlock, newest - BACK)
    if (block === undefined) return undefined
    const mined = await provider.getBlock(block).catch((cause) => {
      throw chainError(cause, 'the node does not tell its blocks')
    })
    if (mined === null) return undefined
    const since = BigInt(mined.timestamp)
    const [recent, kept] = await Promise.all([
      view<Age>(at, 'rootAge', root, { blockTag: newest }),
      view<Age>(at, 'rootAgeSince', root, since, { blockTag: newest }),
    ])
    if (!recent[0] && !kept[0]) return undefined
    return { since, isKept: kept[0], made: max(recent[2], kept[2]) }
  }

  async relistingOf(riskRoot: bigint): Promise<bigint | undefined> {
    const tables = await lastTables(this.#options.at)
    return tables.find(({ root }) => root === riskRoot)?.relisting
  }
}

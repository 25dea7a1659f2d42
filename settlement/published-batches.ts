import type { EventFragment, Log, Provider } from 'ethers'
import { CASH_BATCH_KIND } from '../circuits/cash-batch/statement.ts'
import { TRADE_BATCH_KIND } from '../circuits/trade-batch/statement.ts'
import { requireAddress } from '../protocol/address.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { PublishedBatch } from '../protocol/recovery/recovery.ts'
import { SETTLEMENT_ABI } from './abi.ts'
import { chainError } from './chain-error.ts'

/** A batch as the chain's events tell it, and where. */
export interface BatchOnChain extends PublishedBatch {
  /** Its number at the contract, of whatever kind; the first is 1. */
  readonly number: bigint
  readonly blockNumber: number
  readonly transactionHash: string
}

export interface PublishedBatchesOptions {
  readonly provider: Provider
  /** Address of the contract that settled them. */
  readonly settlement: string
  /** The first block to read: that of the contract's deployment. Default 0. */
  readonly fromBlock?: number
  /** The last block to read. Default: the newest. */
  readonly toBlock?: number
  /** Blocks that are asked for at once, at most; fewer where the node refuses so many. Default 50,000. */
  readonly blocksAtOnce?: number
  readonly signal?: AbortSignal | undefined
}

const EVENT = 'Settled'
/** Custody's, which has the operator's anchor besides. */
const CUSTODY_EVENT =
  'event Settled(uint64 indexed batch, uint256 indexed oldStateRoot, uint256 indexed newStateRoot, uint256 kind, uint256 riskRoot, uint40 timestamp, bytes32 anchor, uint256[] data)'
const DEFAULT_BLOCKS = 50_000

/**
 * The batches that a contract settled, in order, from the chain's events alone: what {@link Recovery} takes. Nothing is missing
 * between the first and the last, else INPUT_INVALID says which one. Throws INPUT_INVALID for what is no address and for a
 * batch of an unknown kind; CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED.
 *
 * @example
 * using connection = await connect({ rpcUrl: 'http://127.0.0.1:8545' })
 * const provider = connection.signer.provider!
 * const settlement = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
 * const domain = settlementDomain(connection.chainId, settlement)
 * const recovery = new Recovery({ shape: venueShape('small'), domain, account: { index: 7, viewKey } })
 * for await (const batch of publishedBatches({ provider, settlement })) recovery.take(batch)
 */
export async function* publishedBatches(options: PublishedBatchesOptions): AsyncGenerator<BatchOnChain, void, void> {
  const { provider, fromBlock = 0, blocksAtOnce = DEFAULT_BLOCKS, signal } = options
  const address = requireAddress(options.settlement, 'settlement')
  const { Interface } = await import('ethers')
  const sources = [SETTLEMENT_ABI, [CUSTODY_EVENT]].map((abi) => new Interface([...abi]))
  const events = sources.map((source) => source.getEvent(EVENT) as EventFragment)
  const read = async <T>(what: () => Promise<T>): Promise<T> => {
    if (signal?.aborted) throw new ZkclearError('ABORTED', 'reading the batches was aborted')
    return what().catch((cause) => {
      throw chainError(cause, `the events of ${address} cannot be read`)
    })
  }
  const [{ chainId }, newest] = await read(() => Promise.all([provider.getNetwork(), provider.getBlockNumber()]))
  const domain = settlementDomain(chainId, address)
  const last = options.toBlock ?? newest
  const topics = [events.map(({ topicHash }) => topicHash)]
  const decode = (log: Log): BatchOnChain => {
    const source = sources.find((one) => one.parseLog(log) !== null)!
    const { batch, kind, timestamp, riskRoot, oldStateRoot, newStateRoot, data } = source
      .parseLog(log)!
      .args.toObject(true)
    const circuit = CIRCUIT_OF_KIND[Number(kind)]
    if (circuit === undefined) {
      const message = `batch ${batch} is of kind ${kind}, which this version does not know; use the version of the deployment`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
    }
    const words = [domain, timestamp, riskRoot, oldStateRoot, newStateRoot, ...data]
    return { circuit, words, number: batch, blockNumber: log.blockNumber, transactionHash: log.transactionHash }
  }

  let next: bigint | undefined
  let size = blocksAtOnce
  for (let from = fromBlock; from <= last; ) {
    const to = Math.min(last, from + size - 1)
    const logs = await read(() => provider.getLogs({ address, topics, fromBlock: from, toBlock: to })).catch(
      (error) => {
        // Nodes cap what one question may ask for, each in words of its own.
        if (size === 1 || error.code === 'ABORTED' || error.code === 'CHAIN_UNREACHABLE') throw error
        size = Math.ceil(size / 2)
        return undefined
      },
    )
    if (logs === undefined) continue
    for (const log of logs) {
      const batch = decode(log)
      if (next !== undefined && batch.number !== next) {
        const message = `the node has no event of batch ${next}; ask one that keeps all of them`
        throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
      }
      yield batch
      next = batch.number + 1n
    }
    from = to + 1
  }
}

const CIRCUIT_OF_KIND: Readonly<Record<number, PublishedBatch['circuit']>> = {
  [TRADE_BATCH_KIND]: 'trade-batch',
  [CASH_BATCH_KIND]: 'cash-batch',
}

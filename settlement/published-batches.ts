import type { Log, Provider } from 'ethers'
import { CASH_BATCH_KIND } from '../circuits/cash-batch/statement.ts'
import { DELEVERAGE_KIND } from '../circuits/deleverage/statement.ts'
import { TAKEOVER_KIND } from '../circuits/takeover/statement.ts'
import { TRADE_BATCH_KIND } from '../circuits/trade-batch/statement.ts'
import { requireAddress } from '../protocol/address.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { PublishedBatch } from '../protocol/recovery/recovery.ts'
import { ABIS } from './abi.ts'
import { chainError } from './chain-error.ts'
import { type LogRange, readLogs } from './logs.ts'
import { parseLog } from './parse-log.ts'

/** A batch as the chain's events tell it, and where. */
export interface BatchOnChain extends PublishedBatch {
  /** Its number at the contract, of whatever kind; the first is 1. */
  readonly number: bigint
  readonly blockNumber: number
  readonly transactionHash: string
}

export interface PublishedBatchesOptions extends Omit<LogRange, 'fromBlock'> {
  readonly provider: Provider
  /** Address of the contract that settled them. */
  readonly settlement: string
  /** That of the contract's deployment. Default 0. */
  readonly fromBlock?: number
  /** The number of the batch that comes first. Default: whichever does. */
  readonly firstNumber?: bigint | undefined
}

const EVENT = 'Settled'

/**
 * The batches that a contract settled, in order, from the chain's events alone: what {@link Recovery} takes. Nothing is missing
 * between the first and the last, else INPUT_INVALID says which one (`details.reason` is MISSING). Throws INPUT_INVALID for what is no address and for a
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
  const { provider, settlement, fromBlock = 0, firstNumber, ...range } = options
  const address = requireAddress(settlement, 'settlement')
  const { Interface } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const { chainId } = await provider.getNetwork().catch((cause) => {
    throw chainError(cause, 'the node does not say which chain it serves')
  })
  const domain = settlementDomain(chainId, address)
  const decode = (log: Log): BatchOnChain => {
    const { args } = parseLog(abi, log)
    const { batch, kind, timestamp, riskRoot, oldStateRoot, newStateRoot, data } = args.toObject(true)
    const circuit = CIRCUIT_OF_KIND[Number(kind)]
    if (circuit === undefined) {
      const message = `batch ${batch} is of kind ${kind}, which this version does not know; use the version of the deployment`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
    }
    const words = [domain, timestamp, riskRoot, oldStateRoot, newStateRoot, ...data]
    return { circuit, words, number: batch, blockNumber: log.blockNumber, transactionHash: log.transactionHash }
  }
  let next = firstNumber
  const topics = [abi.getEvent(EVENT)!.topicHash]
  for await (const log of readLogs(provider, address, topics, { ...range, fromBlock })) {
    const batch = decode(log)
    if (next !== undefined && batch.number !== next) {
      const message = `the node tells of batch ${batch.number} where batch ${next} comes; ask one that keeps all events`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement', details: { reason: 'MISSING' } })
    }
    yield batch
    next = batch.number + 1n
  }
}

const CIRCUIT_OF_KIND: Readonly<Record<number, PublishedBatch['circuit']>> = {
  [TRADE_BATCH_KIND]: 'trade-batch',
  [CASH_BATCH_KIND]: 'cash-batch',
  [TAKEOVER_KIND]: 'takeover',
  [DELEVERAGE_KIND]: 'deleverage',
}

import type { Provider } from 'ethers'
import { requireAddress } from '../protocol/address.ts'
import { ABIS } from './abi.ts'
import { type LogRange, readLogs } from './logs.ts'
import { parseLog } from './parse-log.ts'

/** What a settlement carries beside its batch, under the operator's signature. */
export interface SettledAnchor {
  /** Number of the batch. */
  readonly batch: bigint
  /** Of the batch, unix seconds. */
  readonly timestamp: bigint
  /** 32 bytes in lower-case hex. */
  readonly anchor: string
  readonly transactionHash: string
}

export interface SettledAnchorsOptions extends Omit<LogRange, 'fromBlock'> {
  readonly provider: Provider
  readonly settlement: string
  /** That of the contract's deployment. Default 0. */
  readonly fromBlock?: number | undefined
}

const NONE = `0x${'0'.repeat(64)}`

/**
 * The anchors of the batches that a contract settled, in order, without those that are 0. Throws INPUT_INVALID for what is no address;
 * CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED.
 */
export async function settledAnchors(options: SettledAnchorsOptions): Promise<readonly SettledAnchor[]> {
  const { provider, settlement, fromBlock = 0, ...range } = options
  const address = requireAddress(settlement, 'settlement')
  const { Interface } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  const anchors: SettledAnchor[] = []
  for await (const log of readLogs(provider, address, [abi.getEvent('Settled')!.topicHash], { fromBlock, ...range })) {
    const { batch, timestamp, anchor } = parseLog(abi, log).args.toObject(true) as Omit<
      SettledAnchor,
      'transactionHash'
    >
    if (anchor !== NONE) anchors.push({ batch, timestamp, anchor, transactionHash: log.transactionHash })
  }
  return anchors
}

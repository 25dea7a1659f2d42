import type { Log, Provider } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'
import { CASH_KINDS, type CashKind } from '../protocol/parameters.ts'
import { ABIS } from './abi.ts'
import { chainError } from './chain-error.ts'
import { type ContractAt, contractOf } from './contract-at.ts'
import { readLogs } from './logs.ts'
import { parseLog } from './parse-log.ts'

/** An entry that waits in the queue of a Settlement. */
export interface QueueEntry {
  /** Its number among all that were ever queued, from 0. */
  readonly index: bigint
  readonly kind: CashKind
  readonly account: number
  readonly asset: number
  /** What the kind needs: the point of REGISTER and ROTATE, the lots of DEPOSIT and FORCED. */
  readonly a: bigint
  readonly b: bigint
  readonly c: bigint
  /** Who paid a deposit; the zero address of other kinds. */
  readonly payer: string
  /** Unix seconds by which it must be served. */
  readonly deadline: bigint
  readonly blockNumber: number
  readonly transactionHash: string
}

export interface ReadQueueOptions {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  /** The first block to read: that of the contract's deployment. Default 0. */
  readonly fromBlock?: number | undefined
  /** At most so many entries, from the front. Default: all. */
  readonly most?: number | undefined
}

/**
 * What waits in the queue, from the front, from the chain's events. Throws INPUT_INVALID if there is no Settlement at the
 * address, CHAIN_UNREACHABLE, TRANSACTION_FAILED.
 */
export async function readQueue(options: ReadQueueOptions): Promise<readonly QueueEntry[]> {
  const { provider, settlement, fromBlock = 0, most = Number.POSITIVE_INFINITY } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  return waitingEntries(at, fromBlock, most)
}

/** The first entries that wait, `most` at most. */
export async function waitingEntries(
  { address, contract }: Pick<ContractAt, 'address' | 'contract'>,
  fromBlock: number,
  most: number,
): Promise<readonly QueueEntry[]> {
  const provider = contract.runner!.provider!
  const { Interface, toBeHex } = await import('ethers')
  const abi = new Interface([...ABIS.Settlement])
  try {
    const [front, end] = await Promise.all(
      ['queueFront', 'queueEnd'].map((name) => contract.getFunction(name).staticCall() as Promise<bigint>),
    )
    // Never by the node's count alone: an end that it made up is the first entry that it has no event of.
    const stop = front! + BigInt(Math.max(0, Math.min(most, Number(end! - front!))))
    const queued = abi.getEvent('Queued')!.topicHash
    const entries: QueueEntry[] = []
    for (let from = front!; from < stop; from += BigInt(AT_ONCE)) {
      const count = Math.min(AT_ONCE, Number(stop - from))
      const places = Array.from({ length: count }, (_, i) => from + BigInt(i))
      const topics = [queued, places.map((place) => toBeHex(place, 32))]
      const found: QueueEntry[] = []
      for await (const log of readLogs(provider, address, topics, { fromBlock })) {
        found.push(entryOf(log, parseLog(abi, log).args.toObject(true)))
      }
      found.sort((one, other) => Number(one.index - other.index))
      const missing = places.find((place, i) => found[i]?.index !== place)
      if (missing !== undefined) {
        const message = `the node has no event of entry ${missing} of the queue, which it says reaches to ${end}; ask one that keeps all of them`
        throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
      }
      entries.push(...found.slice(0, count))
    }
    return entries
  } catch (cause) {
    throw chainError(cause, `the queue of ${address} cannot be read`)
  }
}

/** A question with very many topics is refused by nodes. */
const AT_ONCE = 500

const KINDS = new Map(Object.entries(CASH_KINDS).map(([name, number]) => [Number(number), name as CashKind]))

function entryOf(log: Log, { index, entry, deadline }: Record<string, unknown>): QueueEntry {
  const { kind, account, asset, a, b, c, payer } = entry as Record<string, bigint> & { payer: string }
  return {
    index: index as bigint,
    kind: KINDS.get(Number(kind))!,
    account: Number(account),
    asset: Number(asset),
    ...{ a: a!, b: b!, c: c!, payer },
    deadline: deadline as bigint,
    blockNumber: log.blockNumber,
    transactionHash: log.transactionHash,
  }
}

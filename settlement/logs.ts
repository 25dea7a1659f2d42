import type { Filter, Log, Provider } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'
import { chainError } from './chain-error.ts'

export interface LogRange {
  /** The first block to read. */
  readonly fromBlock: number
  /** The last block to read. Default: the newest. */
  readonly toBlock?: number | undefined
  /** Blocks that are asked for at once, at most; fewer where the node refuses so many. Default 50,000. */
  readonly blocksAtOnce?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const DEFAULT_BLOCKS = 50_000
/** The first question's blocks; then twice as many while they hold few logs, and half as many once they hold many. */
const FIRST_BLOCKS = 500
const FEW = 100
const MANY = 500

/** A contract's logs with these topics, in order. Throws CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED. */
export async function* readLogs(
  provider: Provider,
  address: string,
  topics: NonNullable<Filter['topics']>,
  { fromBlock, toBlock, blocksAtOnce = DEFAULT_BLOCKS, signal }: LogRange,
): AsyncGenerator<Log, void, void> {
  const read = async <T>(what: () => Promise<T>): Promise<T> => {
    if (signal?.aborted) throw new ZkclearError('ABORTED', `reading the events of ${address} was aborted`)
    return what().catch((cause) => {
      throw chainError(cause, `the events of ${address} cannot be read`)
    })
  }
  const last = toBlock ?? (await read(() => provider.getBlockNumber()))
  let most = blocksAtOnce
  let size = Math.min(most, FIRST_BLOCKS)
  for (let from = fromBlock; from <= last; ) {
    const to = Math.min(last, from + size - 1)
    const logs = await read(() => provider.getLogs({ address, topics, fromBlock: from, toBlock: to })).catch(
      (error) => {
        // Nodes cap what one question may ask for, each in words of its own.
        if (size === 1 || error.code === 'ABORTED' || error.code === 'CHAIN_UNREACHABLE') throw error
        most = Math.ceil(size / 2)
        size = most
        return undefined
      },
    )
    if (logs === undefined) continue
    yield* logs
    from = to + 1
    if (logs.length < FEW) size = Math.min(most, 2 * size)
    else if (logs.length > MANY) size = Math.ceil(size / 2)
  }
}

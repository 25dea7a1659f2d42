import type { Provider } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'
import type { VenueShape } from '../protocol/shape.ts'
import { type FlaggedAccount, flaggedAfter } from '../protocol/takeover/flagged.ts'
import { contractOf } from './contract-at.ts'
import { nextTime } from './next-time.ts'
import { type PublishedBatchesOptions, publishedBatches } from './published-batches.ts'
import { type SettlementStatus, statusOf } from './read-settlement.ts'
import { view } from './view.ts'

export interface ReadFlaggedOptions extends Omit<PublishedBatchesOptions, 'firstNumber'> {
  /** Of the venue. */
  readonly shape: VenueShape
}

/** Who can be bid for at a venue, from the chain alone. */
export interface FlaggedOnChain extends SettlementStatus {
  /** The time that the next block would have, in unix seconds. */
  readonly time: bigint
  /** Unix seconds at which the guardian's last pause ended, or ends; 0 if there was none. */
  readonly resumedAt: bigint
  /** By index. */
  readonly flagged: readonly FlaggedAccount[]
}

/**
 * The flagged accounts, with what they hold, from the words that batches published. Throws as `publishedBatches` does;
 * INPUT_INVALID also for words of a venue of another shape.
 *
 * @example
 * const venue = { provider: signer.provider!, settlement, shape: venueShape('small') }
 * const { flagged, time: timestamp, resumedAt } = await readFlagged(venue)
 * for (const one of flagged) console.log(one.account, offerOf(one, { riskTable, timestamp, resumedAt }).least)
 */
export async function readFlagged({ shape, ...options }: ReadFlaggedOptions): Promise<FlaggedOnChain> {
  const { provider, settlement } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  for (;;) {
    const status = await statusOf(at)
    let flagged: ReadonlyMap<number, FlaggedAccount> = new Map()
    let read = 0n
    for await (const batch of publishedBatches({ ...options, firstNumber: 1n })) {
      flagged = flaggedAfter(flagged, batch, shape)
      read = batch.number
    }
    const [time, resumedAt] = await Promise.all([nextTime(provider), readResumedAt({ provider, settlement })])
    if (read < status.batchCount) {
      const message = `the node tells of ${read} batches, and the contract counts ${status.batchCount}; ask one that keeps all events, from the block of the deployment on`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement', details: { reason: 'MISSING' } })
    }
    // Else batches were settled meanwhile.
    if (read === status.batchCount) {
      return { ...status, time, resumedAt, flagged: [...flagged.values()].toSorted((a, b) => a.account - b.account) }
    }
  }
}

/**
 * When the guardian's last pause ended, or ends, in unix seconds; 0 if there was none. Throws INPUT_INVALID if there is no Settlement at the
 * address, CHAIN_UNREACHABLE.
 */
export async function readResumedAt(options: {
  readonly provider: Provider
  readonly settlement: string
}): Promise<bigint> {
  const { provider, settlement } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  return view(await contractOf('Authority', await view<string>(at, 'authority'), provider, 'settlement'), 'pausedUntil')
}

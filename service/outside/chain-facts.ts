import type { Provider } from 'ethers'
import { contractOf } from '../../settlement/contract-at.ts'
import { nextTime } from '../../settlement/next-time.ts'
import { type AssetHolding, readHoldings } from '../../settlement/read-holdings.ts'
import { lastTables } from '../../settlement/risk/last-tables.ts'
import { view } from '../../settlement/view.ts'
import type { QueueFront } from '../alerts/chain-rules.ts'

/** What the contract says of a venue, at one block. Times are unix seconds. */
export interface ChainFacts {
  readonly block: number
  /** The time that the next block would have. */
  readonly time: bigint
  readonly frozenAt: bigint
  readonly pausedUntil: bigint
  readonly closingFrom: bigint | undefined
  readonly batches: bigint
  readonly stateRoot: bigint
  /** Of the last batch; 0 before the first. */
  readonly lastBatchAt: bigint
  readonly waiting: bigint
  readonly front: QueueFront | undefined
  readonly table: { readonly asOf: bigint; readonly postedAt: bigint } | undefined
  readonly holdings: readonly AssetHolding[]
}

/** Throws CHAIN_UNREACHABLE, and INPUT_INVALID for what is no Settlement. */
export async function chainFacts(provider: Provider, settlement: string, block: number): Promise<ChainFacts> {
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  const blockTag = { blockTag: block }
  const authority = await contractOf('Authority', await view<string>(at, 'authority', blockTag), provider, 'settlement')
  const ask = (name: string) => view(at, name, blockTag)
  const [time, holdings, [newest]] = await Promise.all([
    nextTime(provider),
    readHoldings(at, block),
    lastTables(at, block),
  ])
  const [frozenAt, batches, stateRoot, lastBatchAt, first, end] = await Promise.all([
    ...[ask('frozenAt'), ask('batchCount'), ask('stateRoot'), ask('lastTimestamp'), ask('queueFront'), ask('queueEnd')],
  ])
  const [pausedUntil, closingFrom] = await Promise.all([
    view(authority, 'pausedUntil', blockTag),
    view(authority, 'closingFrom', blockTag),
  ])
  const place = first === end ? undefined : await view<Omit<QueueFront, 'number'>>(at, 'placeAt', first, blockTag)
  return {
    ...{ block, time, frozenAt: frozenAt!, pausedUntil, batches: batches!, stateRoot: stateRoot! },
    ...{ lastBatchAt: lastBatchAt!, holdings, waiting: end! - first! },
    closingFrom: closingFrom === 0n ? undefined : closingFrom,
    front: place && { number: first!, deadline: place.deadline, askedAt: place.askedAt },
    table: newest && { asOf: newest.asOf, postedAt: newest.postedAt },
  }
}

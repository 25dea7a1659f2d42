import type { Provider } from 'ethers'
import { type ContractAt, contractOf } from './contract-at.ts'
import { nextTime } from './next-time.ts'
import { type QueueEntry, waitingEntries } from './queue.ts'
import { type SettlementStatus, statusOf } from './read-settlement.ts'
import { retriesOf } from './retries.ts'
import { view } from './view.ts'

export interface ReadCashOptions {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  /** Accounts whose view keys are to be entered, or that transfers name. */
  readonly accounts?: Iterable<number>
  /** Accounts of which it is asked whether a cure of them may be tried again: those that are flagged, and those of the queue are too. */
  readonly flagged?: Iterable<number>
  /** The first block to read: that of the contract's deployment. Default 0. */
  readonly fromBlock?: number | undefined
}

/** What a venue needs to know of its contract to serve the queue. */
export interface CashOnChain extends SettlementStatus {
  /** The time that the next block would have, in unix seconds. */
  readonly time: bigint
  /** Lots of each asset that accounts own together. */
  readonly vault: readonly bigint[]
  /** Markets that are retired, a bit for each. */
  readonly retiredMarkets: bigint
  /** What waits, from the front. */
  readonly entries: readonly QueueEntry[]
  /** Accounts whose cure may be tried again, as shelter kept it from being decided (protocol.md#cure-again). */
  readonly retries: readonly number[]
  /** Poseidon(VIEW; view key) of those of the accounts that are registered. */
  readonly viewCommitments: ReadonlyMap<number, bigint>
  /**
   * Who owns them as long as a batch of now may be settled. Missing is an account that another owner has by then: a transfer would be
   * refused with the batch that holds it.
   */
  readonly owners: ReadonlyMap<number, string>
}

/**
 * Reads what cash batches are made from, all of it between two batches. Throws INPUT_INVALID if there is no Settlement at the
 * address or the node lacks some of its events; CHAIN_UNREACHABLE, TRANSACTION_FAILED.
 */
export async function readCash(options: ReadCashOptions): Promise<CashOnChain> {
  const { provider, settlement, accounts = [], flagged = [], fromBlock = 0 } = options
  const at = await contractOf('Settlement', settlement, provider, 'settlement')
  for (;;) {
    const status = await statusOf(at)
    const [time, vault, retiredMarkets, entries, accountsThere] = await Promise.all([
      nextTime(provider),
      vaultOf(at),
      view(at, 'retiredMarkets'),
      waitingEntries(at, fromBlock, Number.POSITIVE_INFINITY),
      registeredOf(at, accounts),
    ])
    const retries = await retriesOf(at, [...flagged, ...entries.map(({ account }) => account)])
    if ((await view(at, 'batchCount')) === status.batchCount)
      return { ...status, time, vault, retiredMarkets, entries, retries, ...accountsThere }
  }
}

async function vaultOf(at: ContractAt): Promise<bigint[]> {
  const assets = Array.from({ length: Number(await view(at, 'assetCount')) }, (_, asset) => asset)
  return Promise.all(assets.map((asset) => view(at, 'vaultOf', asset)))
}

async function registeredOf(
  at: ContractAt,
  accounts: Iterable<number>,
): Promise<Pick<CashOnChain, 'viewCommitments' | 'owners'>> {
  const count = await view(at, 'accountCount')
  const registered = [...new Set(accounts)].filter((account) => account < count)
  const read = async <Value>(method: string) =>
    new Map(
      await Promise.all(registered.map(async (account) => [account, await view<Value>(at, method, account)] as const)),
    )
  // Changes first: one that comes later takes an hour, and one that has come is in what is read then.
  const changes = await read<{ readonly from: bigint }>('ownerChangeOf')
  const [time, skew] = await Promise.all([nextTime(at.contract.runner!.provider!), view(at, 'MAX_CLOCK_SKEW')])
  const [viewCommitments, owners] = await Promise.all([read<bigint>('viewCommitmentOf'), read<string>('ownerOf')])
  const soon = (account: number) => {
    const { from } = changes.get(account)!
    return from !== 0n && from > time - SPARE && from <= time + skew
  }
  return { viewCommitments, owners: new Map([...owners].filter(([account]) => !soon(account))) }
}

/** Seconds for which a change of owner that took effect is left alone: the questions are not all of one block. */
const SPARE = 60n

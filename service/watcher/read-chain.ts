import type { Provider } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { min } from '../../protocol/numbers.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import type { HouseCover } from '../../protocol/takeover/best-bid.ts'
import { ABIS } from '../../settlement/abi.ts'
import { chainError } from '../../settlement/chain-error.ts'
import { type ContractAt, contractOf } from '../../settlement/contract-at.ts'
import { readLogs } from '../../settlement/logs.ts'
import { nextTime } from '../../settlement/next-time.ts'
import { parseLog } from '../../settlement/parse-log.ts'
import { publishedBatches } from '../../settlement/published-batches.ts'
import { type QueueEntry, readQueue } from '../../settlement/queue.ts'
import { queueOperation } from '../../settlement/queue-operation.ts'
import { lastTables } from '../../settlement/risk/last-tables.ts'
import { riskTables, type TableOnChain } from '../../settlement/risk/tables.ts'
import { view } from '../../settlement/view.ts'
import type { BatchCircuit } from '../sequencer/batch-circuits.ts'
import type { QueuedEntry } from '../sequencer/record.ts'
import { ledgerAt, ledgerRoot, type SequencerState } from '../sequencer/state.ts'
import type { BatchCircuits } from '../writer/job-changes.ts'
import type { ChainSource, ChainView, KnownState } from './chain-view.ts'
import { circuitsOfOtherKeys } from './other-keys.ts'

export interface ChainReaderOptions {
  readonly provider: Provider
  readonly settlement: string
  readonly shape: VenueShape
  /** The block of the contract's deployment. */
  readonly fromBlock: number
  /** Blocks that have to come after one before its entries and tables count. */
  readonly confirmations: number
}

/** The entries of the queue that wait: from the first to before the end. */
export interface ChainHeads {
  readonly first: bigint
  readonly end: bigint
}

interface BlockName {
  readonly number: number
  readonly hash: string
}

/** The place of the root that a batch leads to among its words. */
const NEW_STATE_ROOT = 4
/** Seconds for which a change of owner that took effect is left alone. */
const SPARE = 60n
/** Markets' bits of the word `listings`. */
const MOST_MARKETS = 16n

/** Reads a venue's contract again and again; what cannot have changed is remembered. */
export class ChainReader implements ChainSource {
  readonly #options: ChainReaderOptions
  readonly #at: ContractAt
  readonly #authority: ContractAt
  /** The newest table that was computed, and when it came. */
  #table: (TableOnChain & { readonly postedAt: bigint }) | undefined
  #queue: { readonly key: string; readonly entries: readonly QueuedEntry[] } | undefined
  /** Accounts that have had a change of owner, and up to which block the chain was read for such. */
  #changes: { readonly accounts: ReadonlySet<number>; readonly to: BlockName } | undefined

  private constructor(options: ChainReaderOptions, at: ContractAt, authority: ContractAt) {
    this.#options = options
    this.#at = at
    this.#authority = authority
  }

  /** Throws INPUT_INVALID if there is no Settlement; CHAIN_UNREACHABLE. */
  static async open(options: ChainReaderOptions): Promise<ChainReader> {
    const { provider, settlement } = options
    const at = await contractOf('Settlement', settlement, provider, 'settlement')
    const authority = await contractOf('Authority', await view<string>(at, 'authority'), provider, 'settlement')
    return new ChainReader(options, at, authority)
  }

  get settlement(): ContractAt {
    return this.#at
  }

  /** Another one that remembers what this one does by now: for whoever cannot wait for what this one is in the middle of. */
  again(): ChainReader {
    const other = new ChainReader(this.#options, this.#at, this.#authority)
    other.#table = this.#table
    other.#queue = this.#queue
    other.#changes = this.#changes
    return other
  }

  /** Reads all of it anew the next time: what was told may have been wrong. */
  forget(): void {
    this.#table = undefined
    this.#queue = undefined
    this.#changes = undefined
  }

  /** Number of the newest block. */
  async newest(): Promise<number> {
    return (await this.#block('latest')).number
  }

  /** What decides how much there is to read, as if the block of that number were the newest. */
  async heads(asOf: number): Promise<ChainHeads> {
    return await this.#heads((await this.#blocks(asOf)).block.number, asOf)
  }

  async operator(): Promise<string> {
    return (await view<string>(this.#authority, 'operator')).toLowerCase()
  }

  /**
   * As of the block of that number, if it is given, as if that were the newest, and with what {@link heads} said as of it. What was told before
   * is forgotten where it does not fit.
   */
  async read(state: KnownState, asOf?: number, heads?: ChainHeads): Promise<ChainView | undefined> {
    try {
      return await this.#read(state, asOf, heads)
    } catch (error) {
      // A node that does not answer told nothing that would be wrong.
      if (!(error instanceof ZkclearError) || error.code !== 'CHAIN_UNREACHABLE') this.forget()
      throw error
    }
  }

  async #read(
    state: KnownState,
    asOf: number | undefined,
    heads: ChainHeads | undefined,
  ): Promise<ChainView | undefined> {
    const { provider } = this.#options
    const { newest, block } = await this.#blocks(asOf)
    const blockTag = block.number
    const [time, pausedUntil, closingFrom, frozenAt, count, root] = await Promise.all([
      nextTime(provider),
      view(this.#authority, 'pausedUntil', { blockTag }),
      view(this.#authority, 'closingFrom', { blockTag }),
      view(this.#at, 'frozenAt', { blockTag: newest.number }),
      view(this.#at, 'batchCount', { blockTag: newest.number }),
      view(this.#at, 'stateRoot', { blockTag: newest.number }),
    ])
    const settled = { count: Number(count), root }
    const table = await this.#readTable(blockTag)
    const queue = await this.#readQueue(block, heads ?? (await this.#heads(block.number, newest.number)))
    if (queue === undefined) return undefined
    const owners = await this.#readOwners(block, time, state.owners)
    const roots = await this.#readRoots(state, settled, newest.number)
    const final = await this.#readFinal(settled.count, state.finalIndex)
    // Of one chain only if that is still there.
    const again = await this.#block(newest.number)
    if (again.hash !== newest.hash) return undefined
    return {
      ...{ block, time, pausedUntil, frozenAt, settled, roots, final, table, queue, owners },
      closingFrom: closingFrom === 0n ? undefined : closingFrom,
    }
  }

  async otherKeys(circuits: BatchCircuits): Promise<readonly BatchCircuit[]> {
    return await circuitsOfOtherKeys(this.#authority, circuits)
  }

  async cover(): Promise<HouseCover> {
    const [now, perHour] = await Promise.all([view(this.#authority, 'coverNow'), view(this.#authority, 'coverPerHour')])
    return { now, perHour }
  }

  /** The newest block, and the one whose entries and tables count. */
  async #blocks(asOf: number | undefined) {
    const { confirmations, fromBlock } = this.#options
    const newest = await this.#block(asOf ?? 'latest')
    const deep = Math.max(newest.number - confirmations, Math.min(fromBlock, newest.number))
    return { newest, block: await this.#block(deep) }
  }

  async #heads(block: number, newest: number): Promise<ChainHeads> {
    const [front, end] = await Promise.all([
      view(this.#at, 'queueFront', { blockTag: newest }),
      view(this.#at, 'queueEnd', { blockTag: block }),
    ])
    return { first: min(front, end), end }
  }

  async #hashOf(number: number): Promise<string> {
    return (await this.#block(number)).hash
  }

  async #block(tag: number | 'latest' | 'finalized'): Promise<{ number: number; hash: string; time: bigint }> {
    const { provider } = this.#options
    const block = await provider.getBlock(tag).catch((cause) => {
      throw chainError(cause, 'the node does not tell its blocks')
    })
    if (block?.hash == null) throw chainError({ code: 'SERVER_ERROR' }, `the node has no block ${tag}`)
    return { number: block.number, hash: block.hash, time: BigInt(block.timestamp) }
  }

  async #readTable(blockTag: number): Promise<ChainView['table']> {
    const [newest] = await lastTables(this.#at, blockTag, 1)
    if (newest === undefined) return undefined
    const { provider, settlement, shape, fromBlock } = this.#options
    if (this.#table?.statement.newRiskRoot !== newest.root) {
      // One that a reorganisation took away is followed by nothing: computed anew.
      const after = this.#table !== undefined && this.#table.number < newest.number ? this.#table : undefined
      let last: TableOnChain | undefined
      try {
        last = await lastOf(riskTables({ provider, settlement, shape, fromBlock, toBlock: blockTag, after }))
      } catch (error) {
        if (after === undefined) throw error
      }
      last ??= await lastOf(riskTables({ provider, settlement, shape, fromBlock, toBlock: blockTag }))
      if (last === undefined) return undefined
      this.#table = { ...last, postedAt: newest.postedAt }
    }
    const { snapshot, statement, postedAt } = this.#table
    return { table: snapshot.table, relisted: statement.listings % (1n << MOST_MARKETS), postedAt }
  }

  /** What waits of the entries of that block; undefined if the node's answers do not fit together. */
  async #readQueue({ number, hash }: BlockName, { first, end }: ChainHeads): Promise<ChainView['queue'] | undefined> {
    const { provider, settlement, fromBlock } = this.#options
    const key = `${first} ${end} ${hash}`
    if (this.#queue?.key !== key) {
      const all = first === end ? [] : await readQueue({ provider, settlement, fromBlock, most: Number(end - first) })
      const deep = all.filter(({ index, blockNumber }) => index < end && blockNumber <= number)
      // Served since then, or told by a node that is behind another.
      if (BigInt(deep.length) !== end - first) return undefined
      const times = await this.#timesOf(deep.map(({ blockNumber }) => blockNumber))
      this.#queue = { key, entries: await Promise.all(deep.map((entry) => this.#entryOf(entry, times))) }
    }
    return { first, entries: this.#queue.entries }
  }

  /** The times of blocks, in unix seconds. */
  async #timesOf(numbers: readonly number[]): Promise<ReadonlyMap<number, bigint>> {
    const blocks = [...new Set(numbers)].map(async (number) => [number, (await this.#block(number)).time] as const)
    return new Map(await Promise.all(blocks))
  }

  async #entryOf(entry: QueueEntry, times: ReadonlyMap<number, bigint>): Promise<QueuedEntry> {
    const { deadline, account, kind, blockNumber } = entry
    const operation = queueOperation(entry)
    const askedAt = times.get(blockNumber)
    if (kind !== 'REGISTER') return { operation, deadline, askedAt }
    const [viewCommitment, owner] = await Promise.all([
      view(this.#at, 'viewCommitmentOf', account),
      view<string>(this.#at, 'ownerOf', account),
    ])
    return { operation, deadline, askedAt, viewCommitment, owner: owner.toLowerCase() }
  }

  /** Of accounts whose owner changed or changes. */
  async #readOwners(block: BlockName, time: bigint, known: SequencerState['owners']): Promise<ChainView['owners']> {
    const { provider, settlement, fromBlock } = this.#options
    const { Interface } = await import('ethers')
    const abi = new Interface([...ABIS.Settlement])
    const topics = [abi.getEvent('OwnerAccepted')!.topicHash]
    // What a reorganisation put in the place of blocks that were read is read as well.
    const last = this.#changes
    const isThere =
      last !== undefined && last.to.number <= block.number && (await this.#hashOf(last.to.number)) === last.to.hash
    const changed = new Set(isThere ? last.accounts : [])
    const range = { fromBlock: isThere ? last.to.number + 1 : fromBlock, toBlock: block.number }
    for await (const log of readLogs(provider, settlement, topics, range)) {
      changed.add(Number(parseLog(abi, log).args.account))
    }
    const owners = new Map<number, string | undefined>()
    for (const account of [...changed]) {
      const { from } = await view<{ readonly from: bigint }>(this.#at, 'ownerChangeOf', account)
      const changes = from !== 0n && from + SPARE > time
      const owner = changes ? undefined : (await view<string>(this.#at, 'ownerOf', account)).toLowerCase()
      owners.set(account, owner)
      if (owner !== undefined && known.get(account) === owner) changed.delete(account)
    }
    // Kept only now: an account that a node made up has no owner to tell.
    this.#changes = { accounts: changed, to: block }
    return owners
  }

  /** Of all batches since the last final one, as one that was settled may stand otherwise. */
  async #readRoots(
    state: KnownState,
    { count, root }: ChainView['settled'],
    toBlock: number,
  ): Promise<ReadonlyMap<number, bigint>> {
    const { finalIndex, settledIndex } = state
    const roots = new Map<number, bigint>()
    if (count === settledIndex && root === ledgerRoot(ledgerAt(state, settledIndex))) return roots
    const { provider, settlement, fromBlock } = this.#options
    for await (const { number, words } of publishedBatches({ provider, settlement, fromBlock, toBlock })) {
      if (number > BigInt(finalIndex)) roots.set(Number(number), words[NEW_STATE_ROOT]!)
    }
    return roots
  }

  /** How many batches were taken in the newest block that no reorganisation takes back. */
  async #readFinal(count: number, finalIndex: number): Promise<number> {
    if (count <= finalIndex) return finalIndex
    const { number } = await this.#block('finalized')
    return Number(await view(this.#at, 'batchCount', { blockTag: number }))
  }
}

async function lastOf<T>(all: AsyncIterable<T>): Promise<T | undefined> {
  let last: T | undefined
  for await (const each of all) last = each
  return last
}

import { isDeepStrictEqual } from 'node:util'
import { max, min } from '../../protocol/numbers.ts'
import type { QueuedEntry, SequencerRecord } from '../sequencer/record.ts'
import { reduce } from '../sequencer/reducer.ts'
import { isSameTable } from '../sequencer/same-table.ts'
import { batchAt, droppedAt, lastIndex, ledgerAt, ledgerRoot, rootOf, type SequencerState } from '../sequencer/state.ts'
import type { ChainView } from './chain-view.ts'

/** What a view of the chain makes known, as records in the order in which they have to come; and why nothing more can be settled, if so. */
export interface ChainNews {
  readonly records: readonly SequencerRecord[]
  /** The contract went a way of its own: it has a batch that we have not. */
  readonly diverged?: string
}

/** What the sequencer does not know of that view yet. Pure. */
export function chainNews(state: SequencerState, chain: ChainView): ChainNews {
  const settled = settledNews(state, chain)
  if (settled.diverged !== undefined) return settled
  // Which entries can have changed hangs on which batches are settled now.
  const now = settled.records.reduce((before, record) => reduce(before, record).state, state)
  const records: SequencerRecord[] = [...settled.records]
  if (chain.pausedUntil !== state.pausedUntil) records.push({ kind: 'pause', until: chain.pausedUntil })
  if (chain.closingFrom !== undefined && chain.closingFrom !== state.closingFrom) {
    records.push({ kind: 'closing', from: chain.closingFrom })
  }
  for (const [account, owner] of chain.owners) {
    if (state.owners.get(account) !== owner) {
      records.push(owner === undefined ? { kind: 'owner', account } : { kind: 'owner', account, owner })
    }
  }
  // Batches alone take entries off, and ours take none that we do not know.
  const end = now.firstEntry + BigInt(now.entries.length)
  if (chain.queue.first > end) {
    return {
      records: [],
      diverged: `the chain's queue begins with entry ${chain.queue.first}, and ${end} are known here`,
    }
  }
  const { table } = chain
  if (table !== undefined && (state.table === undefined || !isSameTable(table.table, state.table))) {
    records.push({ kind: 'table', table: table.table, relisted: table.relisted })
  }
  records.push(...queueNews(now, chain))
  return { records }
}

/** Batches that the contract took since, or took back; among them such as were made anew here. */
function settledNews(state: SequencerState, { settled, roots, final }: ChainView): ChainNews {
  const { settledIndex, finalIndex } = state
  if (settled.count < finalIndex)
    return gone(`the chain has ${settled.count} batches, and batch ${finalIndex} was final`)
  const records: SequencerRecord[] = []
  let now = state
  const add = (record: SequencerRecord) => {
    records.push(record)
    now = reduce(now, record).state
  }
  const common = commonWith(state, { settled, roots })
  if (common < settledIndex) add({ kind: 'reorganised', settled: common })
  for (let index = common + 1; index <= settled.count; index++) {
    const root = roots.get(index)
    if (root === undefined) break // not told yet
    if (!isOurs(now, index, root)) {
      const ours = batchAt(now, index) === undefined ? `only ${lastIndex(now)} batches here` : 'another one here'
      return gone(`batch ${index} on the chain leads to root ${root}, and there is ${ours}`)
    }
    add({ kind: 'settled', index, root })
  }
  if (now.settledIndex === settled.count) {
    const root = rootAt(now, settled.count)
    if (root !== settled.root) {
      return gone(`the chain's root is ${settled.root}, and batch ${settled.count} here leads to ${root}`)
    }
  }
  const newlyFinal = Math.min(final, now.settledIndex)
  if (newlyFinal > finalIndex) add({ kind: 'final', index: newlyFinal })
  return { records }
}

/** Number of the last settled batch that the chain has, and has as it is here. */
function commonWith(state: SequencerState, { settled, roots }: Pick<ChainView, 'settled' | 'roots'>): number {
  let common = Math.min(settled.count, state.settledIndex)
  const differs = (index: number) => {
    const root = roots.get(index) ?? (index === settled.count ? settled.root : undefined)
    return root !== undefined && rootAt(state, index) !== root
  }
  for (let index = common; index > state.finalIndex; index--) if (differs(index)) common = index - 1
  return common
}

function isOurs(state: SequencerState, index: number, root: bigint): boolean {
  const batch = batchAt(state, index)
  if (batch !== undefined && rootOf(batch) === root) return true
  return droppedAt(state, index, { from: rootAt(state, index - 1), to: root }) !== undefined
}

function rootAt(state: SequencerState, index: number): bigint {
  return ledgerRoot(ledgerAt(state, index))
}

function gone(diverged: string): ChainNews {
  return { records: [], diverged }
}

/** Entries that came, and those that stand otherwise since a reorganisation. */
function queueNews(state: SequencerState, { queue, block }: ChainView): SequencerRecord[] {
  const end = state.firstEntry + BigInt(state.entries.length)
  const chainEnd = queue.first + BigInt(queue.entries.length)
  // What the contract has served is settled, and compared by its root.
  let first = [queue.first, state.firstEntry, ledgerAt(state, state.settledIndex).served].reduce(max)
  const limit = min(end, chainEnd)
  while (
    first < limit &&
    isSame(state.entries[Number(first - state.firstEntry)]!, queue.entries[Number(first - queue.first)]!)
  ) {
    first++
  }
  if (first >= end && first >= chainEnd) return []
  if (first < queue.first || first > end) return []
  const entries = queue.entries.slice(Number(first - queue.first))
  return [{ kind: 'queue', first, entries, blockNumber: BigInt(block.number), blockHash: block.hash }]
}

function isSame(ours: QueuedEntry, other: QueuedEntry): boolean {
  const told = ({ operation, deadline, askedAt, viewCommitment, owner }: QueuedEntry) => {
    return { operation, deadline, askedAt, viewCommitment, owner }
  }
  return isDeepStrictEqual(told(ours), told(other))
}

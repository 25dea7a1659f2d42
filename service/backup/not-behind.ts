import type { Provider } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { settledAnchors } from '../../settlement/settled-anchors.ts'
import type { SequencerState } from '../sequencer/state.ts'
import { chainNews } from '../watcher/chain-records.ts'
import type { ChainReader } from '../watcher/read-chain.ts'
import { toldByNode } from '../watcher/told-by-node.ts'

export interface NotBehindOptions {
  readonly reader: ChainReader
  readonly provider: Provider
  readonly settlement: string
  /** The block of the contract's deployment. */
  readonly fromBlock: number
  readonly state: SequencerState
  /** Roots that the log had, as settlements carry them: 32 bytes in lower-case hex. */
  readonly anchors: ReadonlySet<string>
}

/** What the chain shows that a journal lacks. */
export interface Ahead {
  /** Batches that were settled, or the records that a settlement says were in the log. */
  readonly of: 'batches' | 'records'
  readonly message: string
}

/** In what the chain is ahead of a journal; undefined if in nothing. Throws CHAIN_UNREACHABLE, TRANSACTION_FAILED, INPUT_INVALID. */
export async function aheadOf(options: NotBehindOptions): Promise<Ahead | undefined> {
  const { reader, provider, settlement, fromBlock, state, anchors } = options
  const { diverged } = chainNews(state, await readWhole(reader, state))
  if (diverged !== undefined) return { of: 'batches', message: diverged }
  const newest = (await toldByNode(settledAnchors({ provider, settlement, fromBlock }))).at(-1)
  if (newest === undefined || anchors.has(newest.anchor)) return undefined
  const message = `the settlement of batch ${newest.batch} carries the root of a log that this one does not begin with`
  return { of: 'records', message }
}

async function readWhole(reader: ChainReader, state: SequencerState) {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const view = await reader.read(state)
    if (view !== undefined) return view
  }
  throw new ZkclearError('CHAIN_UNREACHABLE', 'the chain changes faster than it can be read; try again')
}

/** A node between two blocks gives answers that do not fit together. */
const MOST_TRIES = 20

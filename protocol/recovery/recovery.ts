import type { Account } from '../account.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { unpackSettlement } from '../cash-batch/expire.ts'
import { type CashData, unpackCashData } from '../cash-batch/words.ts'
import { type DeleveragingData, unpackDeleveragingData } from '../deleverage/words.ts'
import { requireViewKey } from '../encryption.ts'
import { ZkclearError } from '../errors.ts'
import { poseidon } from '../hash.ts'
import type { VenueShape } from '../shape.ts'
import { emptyState, marketsRoot, stateRoot } from '../state.ts'
import { type TakeoverData, unpackTakeoverData } from '../takeover/words.ts'
import { type TradeData, unpackTradeData } from '../trade-batch/words.ts'
import { Tree } from '../tree.ts'
import { checkpointOf, type Knowledge, knowledgeOf, type RecoveryCheckpoint } from './checkpoint.ts'
import { type Followed, followCash, followDeleveraging, followTakeover, followTrade } from './follow.ts'

/** A batch as the chain published it: the circuit that proved it, and all its words. */
export interface PublishedBatch {
  readonly circuit: 'trade-batch' | 'cash-batch' | 'takeover' | 'deleverage'
  readonly words: readonly bigint[]
}

/** What is wrong with a batch that is taken, in `details.reason` of the error. */
export type RecoveryFault =
  /** The words are no batch's. */
  | 'MALFORMED'
  /** It was settled by another contract, or on another chain. */
  | 'FOREIGN'
  /** It does not start from where the batch before it ended: one is missing, or the order is another. */
  | 'OUT_OF_ORDER'
  /** The words do not lead to the root that they state. */
  | 'CORRUPT'
  /** The view key is not the one whose commitment was registered. */
  | 'VIEW_KEY'
  /** The account does not come out as published. */
  | 'ACCOUNT'

export interface RecoveryOptions {
  readonly shape: VenueShape
  /** The Settlement's; what was published for another one is refused. */
  readonly domain: bigint
  /** The account to follow, with its view key; left out, the tree alone is rebuilt. */
  readonly account?: Followed | undefined
}

/** An account with all that opens it in the state root: what a proof of exit or margin is made from. */
export interface RecoveredAccount {
  readonly index: number
  readonly account: Account
  /** The children on its path, bottom up. */
  readonly children: readonly (readonly bigint[])[]
  readonly accountsRoot: bigint
  readonly marketsRoot: bigint
  readonly stateRoot: bigint
}

/**
 * Rebuilds the tree of accounts, and one account in it, from what batches published since the venue's first one
 * (protocol.md#recovery). Nothing of the venue is needed and nothing is believed: every batch is checked against the state roots
 * that it states, which the contract compared with its own.
 *
 * @example
 * const recovery = new Recovery({ shape: venueShape('small'), domain, account: { index: 7, viewKey } })
 * for (const batch of batches) recovery.take(batch)
 * const { account, children, marketsRoot } = recovery.recovered()
 */
export class Recovery {
  readonly #options: RecoveryOptions
  #known: Knowledge

  /**
   * Throws INPUT_INVALID for an account that the venue cannot have, for what is no view key, and for a checkpoint that
   * contradicts itself or is of another account.
   *
   * @param checkpoint where to go on; default: from the venue's first batch
   */
  constructor(options: RecoveryOptions, checkpoint?: RecoveryCheckpoint) {
    const { shape, account } = options
    this.#options = options
    const empty = emptyState(shape)
    if (account !== undefined) {
      requireIndex(account.index, empty.accounts.capacity)
      requireViewKey(account.viewKey, 'account.viewKey')
    }
    this.#known =
      checkpoint === undefined
        ? {
            ...{ batches: 0, riskRoot: 0n, marketsRoot: marketsRoot(empty), stateRoot: stateRoot(empty) },
            ...{ accounts: new Tree(shape.accountLevels, ({ digest }) => digest), account: undefined },
          }
        : knowledgeOf(checkpoint, options)
  }

  /** The root after all batches so far. */
  get stateRoot(): bigint {
    return this.#known.stateRoot
  }

  /** The root of the risk table of the last batch so far; 0 before the first one with a table. */
  get riskRoot(): bigint {
    return this.#known.riskRoot
  }

  /** How many batches were taken. */
  get batches(): number {
    return this.#known.batches
  }

  /** Takes the next batch. Throws INPUT_INVALID with a {@link RecoveryFault}; what was taken before stays. */
  take(batch: PublishedBatch): void {
    this.#known = this.#after(batch, true)
  }

  /**
   * Takes the next batches, many times as fast as one by one: the root is worked out after the last of them only. Throws as
   * `take` does for the first that is wrong; those before it stay. A wrong word that a later one of them makes up for
   * goes unnoticed; what is known afterwards is right all the same.
   */
  takeAll(batches: readonly PublishedBatch[]): void {
    const before = this.#known
    try {
      for (const [i, batch] of batches.entries()) this.#known = this.#after(batch, i === batches.length - 1)
    } catch (error) {
      this.#known = before
      if (!(error instanceof ZkclearError)) throw error
      for (const batch of batches) this.take(batch)
      throw error
    }
  }

  /** All that is known, to go on from later. Takes time with many accounts. */
  checkpoint(): RecoveryCheckpoint {
    return checkpointOf(this.#known)
  }

  /** The account that is followed. Throws INPUT_INVALID if there is none, or no batch registered it. */
  recovered(): RecoveredAccount {
    const index = this.#options.account?.index
    const { account, accounts, marketsRoot, stateRoot: root } = this.#known
    if (index === undefined || account === undefined) {
      const message = index === undefined ? 'no account is followed' : `no batch so far registered account ${index}`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'account' })
    }
    return {
      ...{ index, account, children: accounts.path(index).children },
      ...{ accountsRoot: accounts.root, marketsRoot, stateRoot: root },
    }
  }

  /** What is known after the batch; whether its leaves lead to its root may be left for a later one to show. */
  #after(batch: PublishedBatch, rooted: boolean): Knowledge {
    const known = this.#known
    const data = this.#unpack(batch)
    const { domain, oldStateRoot, newStateRoot, newMarketsRoot, riskRoot } = data
    if (domain !== this.#options.domain) this.#refuse('FOREIGN', `was made for domain ${domain}`)
    if (oldStateRoot !== known.stateRoot) {
      const message = `starts from state root ${oldStateRoot}, and the batches before it end at ${known.stateRoot}`
      this.#refuse('OUT_OF_ORDER', message)
    }
    const accounts = leavesOf(data).reduce((tree, [index, digest]) => tree.set(index, { digest }), known.accounts)
    const root = rooted ? poseidon('STATE', [accounts.root, newMarketsRoot]) : newStateRoot
    if (root !== newStateRoot) this.#refuse('CORRUPT', `states the root ${newStateRoot}, and its words lead to ${root}`)
    return {
      ...{ batches: known.batches + 1, accounts, account: this.#follow(data) },
      ...{ marketsRoot: newMarketsRoot, stateRoot: newStateRoot, riskRoot },
    }
  }

  #unpack(batch: PublishedBatch): BatchData {
    const { circuit, words } = Object(batch) as PublishedBatch
    if (!Object.hasOwn(UNPACK, circuit)) this.#refuse('MALFORMED', `is of no circuit ${String(circuit)}`)
    if (!Array.isArray(words) || !words.every((word) => typeof word === 'bigint')) {
      this.#refuse('MALFORMED', 'has no list of words, bigints all of them')
    }
    try {
      const data = UNPACK[circuit](words, this.#options.shape)
      requireInShape(data, this.#options.shape, this.#known.accounts.capacity)
      return data
    } catch (error) {
      if (!(error instanceof ZkclearError)) throw error
      return this.#refuse('MALFORMED', `is no ${circuit}: ${error.message}`)
    }
  }

  #follow(data: BatchData): Account | undefined {
    const { account: followed, shape } = this.#options
    if (followed === undefined) return undefined
    try {
      const { account } = this.#known
      if ('bidder' in data) return followTakeover(account, data, followed)
      if ('counterparty' in data) return followDeleveraging(account, data, followed)
      return 'sweep' in data ? followCash(account, data, followed, shape) : followTrade(account, data, followed)
    } catch (error) {
      if (!(error instanceof ZkclearError)) throw error
      const fault = error.details.reason === 'VIEW_KEY' ? 'VIEW_KEY' : 'ACCOUNT'
      return this.#refuse(fault, `does not open for account ${followed.index}: ${error.message}`, error)
    }
  }

  #refuse(reason: RecoveryFault, message: string, cause?: unknown): never {
    throw new ZkclearError('INPUT_INVALID', message, {
      path: `batches[${this.#known.batches}]`,
      details: { reason, batch: this.#known.batches + 1 },
      cause,
    })
  }
}

type BatchData = TradeData | CashData | TakeoverData | DeleveragingData

const UNPACK: Readonly<Record<PublishedBatch['circuit'], (words: readonly bigint[], shape: VenueShape) => BatchData>> =
  {
    'trade-batch': unpackTradeData,
    'cash-batch': unpackCashData,
    takeover: unpackTakeoverData,
    deleverage: unpackDeleveragingData,
  }

/** Throws INPUT_INVALID unless the venue has every account, asset and market that the batch names. */
function requireInShape(data: BatchData, { collaterals, markets }: VenueShape, capacity: number): void {
  const refuse = (what: string) => {
    throw new ZkclearError('INPUT_INVALID', `there is no ${what}`)
  }
  for (const [index] of leavesOf(data)) if (index >= capacity) refuse(`account ${index}`)
  if ('counterparty' in data && data.market >= markets) refuse(`market ${data.market}`)
  if (!('sweep' in data)) return
  if (data.markets !== markets) refuse(`venue of ${data.markets} markets here`)
  if (data.collaterals !== collaterals) refuse(`venue of ${data.collaterals} assets here`)
  for (const { kind, a } of data.slots) {
    if (kind === 'EXPIRE' && unpackSettlement(a).market >= markets) refuse(`market ${unpackSettlement(a).market}`)
  }
  for (const { asset } of data.slots) if (asset >= collaterals) refuse(`asset ${asset}`)
  if (data.sweep !== undefined && data.sweep.market >= markets) refuse(`market ${data.sweep.market}`)
}

function requireIndex(index: number, capacity: number): void {
  if (Number.isInteger(index) && index >= 0 && index < capacity) return
  const message = `got ${index}, need the index of an account: a whole number from 0 to ${capacity - 1}`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'account.index' })
}

/** Every leaf that the batch writes, in the order in which it does. */
function leavesOf(data: BatchData): (readonly [index: number, digest: bigint])[] {
  if ('counterparty' in data) {
    const { victim, counterparty, victimLeaf, counterpartyLeaf } = data
    return [
      [victim, victimLeaf],
      [counterparty, counterpartyLeaf],
    ]
  }
  if ('bidder' in data) {
    const { victim, bidder, victimLeaf, bidderLeaf, houseLeaf } = data
    const house = houseLeaf === 0n ? [] : [[HOUSE, houseLeaf] as const]
    return [[victim, victimLeaf], [bidder, bidderLeaf], ...house]
  }
  if (!('sweep' in data)) return data.accounts.map(({ index, leaf }) => [index, leaf])
  const used = data.slots.filter(({ kind }) => kind !== 'NONE')
  const house = data.sweep === undefined ? [] : [[HOUSE, data.sweep.houseLeaf] as const]
  return [...used.map(({ account, leaf }) => [account, leaf] as const), ...house]
}

import type { Account } from '../account.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { type CashData, unpackCashData } from '../cash-batch/words.ts'
import { requireViewKey } from '../encryption.ts'
import { ZkclearError } from '../errors.ts'
import { poseidon } from '../hash.ts'
import type { VenueShape } from '../shape.ts'
import { emptyState, stateRoot } from '../state.ts'
import { type TradeData, unpackTradeData } from '../trade-batch/words.ts'
import { Tree } from '../tree.ts'
import { type Followed, followCash, followTrade } from './follow.ts'

/** A batch as the chain published it: the circuit that proved it, and all its words. */
export interface PublishedBatch {
  readonly circuit: 'trade-batch' | 'cash-batch'
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
  readonly booksRoot: bigint
  readonly stateRoot: bigint
}

interface PublishedLeaf {
  readonly digest: bigint
}

/**
 * Rebuilds the tree of accounts, and one account in it, from what batches published since the venue's first one
 * (protocol.md#recovery). Nothing of the venue is needed and nothing is believed: every batch is checked against the state roots
 * that it states, which the contract compared with its own.
 *
 * @example
 * const recovery = new Recovery({ shape: venueShape('small'), domain, account: { index: 7, viewKey } })
 * for (const batch of batches) recovery.take(batch)
 * const { account, children, booksRoot } = recovery.recovered()
 */
export class Recovery {
  readonly #options: RecoveryOptions
  #accounts: Tree<PublishedLeaf>
  #booksRoot: bigint
  #stateRoot: bigint
  #account: Account | undefined
  #batches = 0

  /** Throws INPUT_INVALID for an account that the venue cannot have, or for what is no view key. */
  constructor(options: RecoveryOptions) {
    const { shape, account } = options
    const empty = emptyState(shape)
    this.#options = options
    this.#accounts = new Tree(shape.accountLevels, ({ digest }) => digest)
    if (account !== undefined) {
      requireIndex(account.index, this.#accounts.capacity)
      requireViewKey(account.viewKey, 'account.viewKey')
    }
    this.#booksRoot = empty.books.root
    this.#stateRoot = stateRoot(empty)
  }

  /** The root after all batches so far. */
  get stateRoot(): bigint {
    return this.#stateRoot
  }

  /** How many batches were taken. */
  get batches(): number {
    return this.#batches
  }

  /** Takes the next batch. Throws INPUT_INVALID with a {@link RecoveryFault}; what was taken before stays. */
  take(batch: PublishedBatch): void {
    const data = this.#unpack(batch)
    const { domain, oldStateRoot, newStateRoot, newBooksRoot } = data
    if (domain !== this.#options.domain) this.#refuse('FOREIGN', `was made for domain ${domain}`)
    if (oldStateRoot !== this.#stateRoot) {
      const message = `starts from state root ${oldStateRoot}, and the batches before it end at ${this.#stateRoot}`
      this.#refuse('OUT_OF_ORDER', message)
    }
    const accounts = leavesOf(data).reduce((tree, [index, digest]) => tree.set(index, { digest }), this.#accounts)
    const root = poseidon('STATE', [accounts.root, newBooksRoot])
    if (root !== newStateRoot) this.#refuse('CORRUPT', `states the root ${newStateRoot}, and its words lead to ${root}`)
    const account = this.#follow(data)
    this.#accounts = accounts
    this.#booksRoot = newBooksRoot
    this.#stateRoot = newStateRoot
    this.#account = account
    this.#batches++
  }

  /** The account that is followed. Throws INPUT_INVALID if there is none, or no batch registered it. */
  recovered(): RecoveredAccount {
    const index = this.#options.account?.index
    if (index === undefined || this.#account === undefined) {
      const message = index === undefined ? 'no account is followed' : `no batch so far registered account ${index}`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'account' })
    }
    return {
      ...{ index, account: this.#account, children: this.#accounts.path(index).children },
      ...{ accountsRoot: this.#accounts.root, booksRoot: this.#booksRoot, stateRoot: this.#stateRoot },
    }
  }

  #unpack(batch: PublishedBatch): TradeData | CashData {
    const { circuit, words } = Object(batch) as PublishedBatch
    if (!Object.hasOwn(UNPACK, circuit)) this.#refuse('MALFORMED', `is of no circuit ${String(circuit)}`)
    if (!Array.isArray(words) || !words.every((word) => typeof word === 'bigint')) {
      this.#refuse('MALFORMED', 'has no list of words, bigints all of them')
    }
    try {
      const data = UNPACK[circuit](words)
      requireInShape(data, this.#options.shape, this.#accounts.capacity)
      return data
    } catch (error) {
      if (!(error instanceof ZkclearError)) throw error
      return this.#refuse('MALFORMED', `is no ${circuit}: ${error.message}`)
    }
  }

  #follow(data: TradeData | CashData): Account | undefined {
    const { account: followed } = this.#options
    if (followed === undefined) return undefined
    try {
      return 'sweep' in data
        ? followCash(this.#account, data, followed, this.#options.shape)
        : followTrade(this.#account, data, followed)
    } catch (error) {
      if (!(error instanceof ZkclearError)) throw error
      const fault = error.details.reason === 'VIEW_KEY' ? 'VIEW_KEY' : 'ACCOUNT'
      return this.#refuse(fault, `does not open for account ${followed.index}: ${error.message}`, error)
    }
  }

  #refuse(reason: RecoveryFault, message: string, cause?: unknown): never {
    throw new ZkclearError('INPUT_INVALID', message, {
      path: `batches[${this.#batches}]`,
      details: { reason, batch: this.#batches + 1 },
      cause,
    })
  }
}

const UNPACK: Readonly<Record<PublishedBatch['circuit'], (words: readonly bigint[]) => TradeData | CashData>> = {
  'trade-batch': unpackTradeData,
  'cash-batch': unpackCashData,
}

/** Throws INPUT_INVALID unless the venue has every account, asset and market that the batch names. */
function requireInShape(data: TradeData | CashData, { collaterals, markets }: VenueShape, capacity: number): void {
  const refuse = (what: string) => {
    throw new ZkclearError('INPUT_INVALID', `there is no ${what}`)
  }
  for (const [index] of leavesOf(data)) if (index >= capacity) refuse(`account ${index}`)
  if (!('sweep' in data)) return
  for (const { asset } of data.slots) if (asset >= collaterals) refuse(`asset ${asset}`)
  if (data.sweep !== undefined && data.sweep.market >= markets) refuse(`market ${data.sweep.market}`)
}

function requireIndex(index: number, capacity: number): void {
  if (Number.isInteger(index) && index >= 0 && index < capacity) return
  const message = `got ${index}, need the index of an account: a whole number from 0 to ${capacity - 1}`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'account.index' })
}

/** Every leaf that the batch writes, in the order in which it does. */
function leavesOf(data: TradeData | CashData): (readonly [index: number, digest: bigint])[] {
  if (!('sweep' in data)) return data.accounts.map(({ index, leaf }) => [index, leaf])
  const used = data.slots.filter(({ kind }) => kind !== 'NONE')
  const house = data.sweep === undefined ? [] : [[HOUSE, data.sweep.houseLeaf] as const]
  return [...used.map(({ account, leaf }) => [account, leaf] as const), ...house]
}

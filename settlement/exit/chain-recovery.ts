import type { Block, Provider } from 'ethers'
import type { Progress } from '../../circuits/types.ts'
import { viewCommitment } from '../../protocol/account.ts'
import { settlementDomain } from '../../protocol/domain.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { needsTable } from '../../protocol/exit.ts'
import type { RecoveryCheckpoint } from '../../protocol/recovery/checkpoint.ts'
import type { Followed } from '../../protocol/recovery/follow.ts'
import { type RecoveredAccount, Recovery } from '../../protocol/recovery/recovery.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { chainError } from '../chain-error.ts'
import { type ContractAt, contractOf } from '../contract-at.ts'
import { type BatchOnChain, publishedBatches } from '../published-batches.ts'
import { KnownTables, type TablesAtHand } from './known-tables.ts'
import { type Ask, viewsOf } from './views.ts'

/** A block of a chain, by which it is seen that the chain is still the same. */
export interface BlockId {
  readonly number: number
  readonly hash: string
}

/** What was recovered so far, in a form that can be kept. Private. */
export interface ChainCheckpoint extends RecoveryCheckpoint {
  readonly chainId: bigint
  /** Address of the contract. */
  readonly settlement: string
  /** The last block that was read. */
  readonly block: BlockId
}

/** What is wrong with a chain or with what is told of it, in `details.reason`, beside the faults of single batches. */
export type ChainFault =
  /** The node leaves out a batch. */
  | 'MISSING'
  /** What was read does not end where the contract stands. */
  | 'INCOMPLETE'
  /** Blocks that were read are no part of the chain any more, or it is another chain. */
  | 'REORGANISED'
  /** The checkpoint is of another contract or chain. */
  | 'FOREIGN'
  /** The account has registered another view key. */
  | 'VIEW_KEY'
  /** The account has no place in the state. */
  | 'ACCOUNT'
  /** Nobody told which risk parameters a table was made under. */
  | 'PARAMETERS'

export interface ChainRecoveryOptions extends TablesAtHand {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  readonly shape: VenueShape
  readonly account: Followed
  /** The block of the contract's deployment. Default 0. */
  readonly fromBlock?: number | undefined
  /** Blocks that are read at once, at most; fewer where the node refuses so many. Default 2,000. */
  readonly blocksAtOnce?: number | undefined
  /** What an earlier recovery knew: only blocks after it are read. */
  readonly checkpoint?: ChainCheckpoint | undefined
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** An account with all that a proof of its exit is made from. Private. */
export interface RecoveredExit extends Omit<RecoveredAccount, 'accountsRoot'> {
  readonly domain: bigint
  /** Of the table of the last batch, at which claims are valued; 0 before the first. */
  readonly riskRoot: bigint
  /** That table, if the account has a position or a debt; others need none. */
  readonly riskTable: RiskTable | undefined
}

const DEFAULT_BLOCKS = 2_000
/** Blocks that nodes without an archive still answer for, with room to spare. */
const FRESH_BLOCKS = 64

/**
 * An account of a venue, rebuilt from the chain alone (protocol.md#recovery): reads on from where it stands, keeps what it
 * read, and ends only where the contract's own root is what the events lead to.
 *
 * @example
 * using connection = await connectReader({ rpcUrl: 'http://127.0.0.1:8545' })
 * const { provider } = connection
 * const settlement = '0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e'
 * const venue = { provider, settlement, shape: venueShape('small'), account: { index: 7, viewKey } }
 * const recovery = await ChainRecovery.open(venue)
 * for await (const _ of recovery.read()) await writeFile('batches', `${recovery.batches}`)
 * const recovered = await recovery.exit()
 * await writeFile('exit.json', JSON.stringify(encodeExit(recovered, 'small')), { mode: 0o600 })
 */
export class ChainRecovery {
  readonly #at: ContractAt
  readonly #domain: bigint
  readonly #options: ChainRecoveryOptions
  readonly #recovery: Recovery
  #block: BlockId | undefined
  readonly #tables: KnownTables

  private constructor(at: ContractAt, options: ChainRecoveryOptions, recovery: Recovery) {
    this.#at = at
    this.#domain = settlementDomain(at.chainId, at.address)
    this.#options = options
    this.#recovery = recovery
    this.#block = options.checkpoint?.block
    this.#tables = new KnownTables(options, options.shape)
  }

  /**
   * Throws INPUT_INVALID, with a {@link ChainFault} or naming the field, for what is no Settlement, one of another shape, an
   * account that is not registered, another view key than the registered one, and a checkpoint that is not of this chain;
   * RISK_TABLE_INVALID for a table that no venue of that shape has; CHAIN_UNREACHABLE.
   */
  static async open(options: ChainRecoveryOptions): Promise<ChainRecovery> {
    const { provider, settlement, shape, account, checkpoint } = options
    const at = await contractOf('Settlement', settlement, provider, 'settlement')
    const recovery = new Recovery({ shape, account, domain: settlementDomain(at.chainId, at.address) }, checkpoint)
    const ask = viewsOf(at, 'latest')
    await requireShape(ask, shape)
    await requireAccount(ask, account)
    if (checkpoint !== undefined) await requireSameChain(at, provider, checkpoint)
    return new ChainRecovery(at, options, recovery)
  }

  /** How many batches were read. */
  get batches(): number {
    return this.#recovery.batches
  }

  /** The last block that was read; undefined before the first. */
  get block(): BlockId | undefined {
    return this.#block
  }

  /** The root of the risk table of the last batch that was read, at which its exit is valued; 0 before the first. */
  get riskRoot(): bigint {
    return this.#recovery.riskRoot
  }

  /** Which risk tables were asked for, and those of them that were computed: to be kept, so that none is computed again. */
  get tables(): Pick<KnownTables, 'asked' | 'computed'> {
    return this.#tables
  }

  /**
   * Reads what is new, up to the newest block, and yields whenever there is more to keep; whoever stops in between has what
   * was read so far. Throws INPUT_INVALID with a fault; CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED.
   */
  async *read({ signal, onProgress }: ReadOptions = {}): AsyncGenerator<void, void, void> {
    const { provider, fromBlock = 0, blocksAtOnce = DEFAULT_BLOCKS } = this.#options
    const first = this.#block === undefined ? fromBlock : this.#block.number + 1
    let head = await blockAt(provider, 'latest')
    for (let from = first; from <= head.number; ) {
      const to = Math.min(head.number, from + blocksAtOnce - 1)
      onProgress?.({ stage: `read batch ${this.batches + 1}`, fraction: (from - first) / (head.number + 1 - first) })
      await this.#take(from, to, signal)
      this.#block = to === head.number ? head : await blockAt(provider, to)
      from = to + 1
      yield
      // A chain goes on while it is read.
      if (from <= head.number) continue
      const newest = await blockAt(provider, 'latest')
      if (newest.number > head.number + FRESH_BLOCKS) head = newest
    }
    if (this.#block !== undefined) await this.#requireEnd(this.#block)
  }

  /** What was read so far; undefined if nothing was. */
  checkpoint(): ChainCheckpoint | undefined {
    if (this.#block === undefined) return undefined
    const { chainId, address } = this.#at
    return { ...this.#recovery.checkpoint(), chainId, settlement: address, block: this.#block }
  }

  /**
   * What a proof of exit is made from. Throws INPUT_INVALID with a fault; CHAIN_UNREACHABLE, TRANSACTION_FAILED; ABORTED.
   */
  async exit(options: ReadOptions = {}): Promise<RecoveredExit> {
    const { accountsRoot: _, ...recovered } = this.#recovered(this.#options.account)
    const exit = { ...recovered, domain: this.#domain, riskRoot: this.#recovery.riskRoot }
    if (!needsTable(recovered.account)) return { ...exit, riskTable: undefined }
    return { ...exit, riskTable: await this.#table(exit.riskRoot, options) }
  }

  /**
   * The newest risk table as of the last block that was read, which proofs of margin are made at; undefined if there is none. Throws
   * as {@link exit} does.
   */
  async newestTable(options: ReadOptions = {}): Promise<RiskTable | undefined> {
    const newest = await viewsOf(this.#at, this.#block?.number ?? 'latest')('riskRoot')
    return this.#table(newest, options)
  }

  async #table(root: bigint, { signal, onProgress }: ReadOptions): Promise<RiskTable | undefined> {
    if (root === 0n) return undefined
    const { provider, shape, fromBlock = 0 } = this.#options
    const place = { provider, settlement: this.#at.address, fromBlock, toBlock: this.#block?.number }
    return this.#tables.find(root, { ...place, shape, signal, onProgress })
  }

  #recovered({ index }: Followed): RecoveredAccount {
    try {
      return this.#recovery.recovered()
    } catch (cause) {
      if (!(cause instanceof ZkclearError)) throw cause
      const message = `no batch put account ${index} into the state, so the state owes it nothing; deposits that wait go back to who paid them once the venue is frozen`
      throw fault('ACCOUNT', message, cause)
    }
  }

  async #take(from: number, to: number, signal: AbortSignal | undefined): Promise<void> {
    const { provider } = this.#options
    const firstNumber = BigInt(this.batches) + 1n
    const range = { fromBlock: from, toBlock: to, blocksAtOnce: to - from + 1, signal }
    const batches: BatchOnChain[] = []
    for await (const batch of publishedBatches({ provider, settlement: this.#at.address, firstNumber, ...range })) {
      batches.push(batch)
    }
    this.#recovery.takeAll(batches)
  }

  /** Throws unless the contract stands, at that block, where the events lead, and the block is still part of the chain. */
  async #requireEnd(block: BlockId): Promise<void> {
    const ask = viewsOf(this.#at, block.number)
    const names = ['batchCount', 'stateRoot', 'riskRootUsed']
    const [count, stateRoot, riskRoot] = await Promise.all(names.map((name) => ask(name)))
    const { batches, stateRoot: root, riskRoot: used } = this.#recovery
    await requireBlock(this.#options.provider, block)
    if (count === BigInt(batches) && stateRoot === root && riskRoot === used) return
    const message = `the node's events end after batch ${batches} at state root ${root}; Settlement counts ${count} batches and is at ${stateRoot}. Ask a node that keeps all events, from the block of the deployment on`
    throw fault('INCOMPLETE', message)
  }
}

async function requireShape(ask: Ask, { name, collaterals, accountLevels }: VenueShape): Promise<void> {
  const [assets, capacity] = await Promise.all([ask('assetCount'), ask('capacity')])
  if (assets === BigInt(collaterals) && capacity === 4n ** BigInt(accountLevels)) return
  const message = `${name} has ${collaterals} assets and ${4 ** accountLevels} accounts; the Settlement has ${assets} and ${capacity}: name the profile that it was deployed for`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'shape' })
}

async function requireAccount(ask: Ask, { index, viewKey }: Followed): Promise<void> {
  const count = await ask('accountCount')
  if (BigInt(index) >= count) throw fault('ACCOUNT', `there is no account ${index}; they are 0 to ${count - 1n}`)
  if ((await ask('viewCommitmentOf', index)) === viewCommitment(viewKey)) return
  const message = `is not the view key that the owner of account ${index} registered; without that one nobody can rebuild the account`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'viewKey', details: { reason: 'VIEW_KEY' } })
}

async function requireSameChain(at: ContractAt, provider: Provider, checkpoint: ChainCheckpoint): Promise<void> {
  const { chainId, settlement, block } = checkpoint
  if (chainId !== at.chainId || settlement.toLowerCase() !== at.address.toLowerCase()) {
    throw fault(
      'FOREIGN',
      `what was kept is of ${settlement} on chain ${chainId}, and this is ${at.address} on chain ${at.chainId}`,
    )
  }
  await requireBlock(provider, block)
}

async function requireBlock(provider: Provider, { number, hash }: BlockId): Promise<void> {
  const now = await blockAt(provider, number).catch((error) => {
    if (error.code === 'CHAIN_UNREACHABLE') throw error
  })
  if (now?.hash === hash) return
  const message = `block ${number} was ${hash} when it was read, and is ${now?.hash ?? 'missing'} now: the chain was reorganised, or is another one; read it again from the beginning`
  throw fault('REORGANISED', message)
}

async function blockAt(provider: Provider, tag: number | 'latest'): Promise<BlockId> {
  const block: Block | null = await provider.getBlock(tag).catch((cause) => {
    throw chainError(cause, 'the node does not tell its blocks')
  })
  if (block?.hash) return { number: block.number, hash: block.hash }
  throw new ZkclearError('TRANSACTION_FAILED', `the node has no block ${tag}`)
}

function fault(reason: ChainFault, message: string, cause?: unknown): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { details: { reason }, cause })
}

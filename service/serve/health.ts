import { randomBytes } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import type { HouseCover } from '../../protocol/takeover/best-bid.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import { readHoldings } from '../../settlement/read-holdings.ts'
import { view } from '../../settlement/view.ts'
import type { Findings } from '../alerts/alerts.ts'
import { type Holding, solvencyDrift } from '../alerts/chain-rules.ts'
import {
  backupOld,
  certificateEnding,
  type Disk,
  diskLow,
  gasLow,
  keysFailing,
  type Purse,
} from '../alerts/machine-rules.ts'
import { backupTimes } from '../backup/noted.ts'
import type { Tls } from '../http/app.ts'
import { sha256 } from '../jobs/digest.ts'
import type { KeyProvider } from '../keys/key-provider.ts'
import type { Queryable } from '../postgres/database.ts'
import { lastIndex, ledgerAt, ledgerRoot, type SequencerState } from '../sequencer/state.ts'

export interface HealthParts {
  readonly database: Queryable
  readonly at: ContractAt
  readonly keys: KeyProvider
  /** Who signs settlements. */
  readonly operator: string
  /** Who sends them and pays. */
  readonly sender: string
  /** Folder with the data. */
  readonly directory: string
  /** What is shown to those who connect; undefined: nothing is. */
  readonly tls?: Pick<Tls, 'cert'> | undefined
  /** As far as it is on disk. */
  state(): SequencerState
  cover(): Promise<HouseCover>
}

/** What was found at the last look; what could not be found out is as it was before. Times are unix milliseconds. */
export interface HealthFacts {
  readonly solvency?: { readonly readAt: number; readonly batch: number; readonly holdings: readonly Holding[] }
  readonly gas?: readonly Purse[]
  readonly cover?: HouseCover
  readonly disk?: Disk
  readonly backup?: { readonly begunAt: number; readonly backupAt: number | undefined }
  readonly keysError?: string | undefined
}

/** What a settlement takes at most, by far: a single one takes 400,000 to 700,000. */
const SETTLEMENT_GAS = 1_000_000n

/** Looks at what a venue stands on and its loops do not see: money, gas, disk, backups, keys. */
export class Health {
  readonly #parts: HealthParts
  #facts: HealthFacts = {}

  constructor(parts: HealthParts) {
    this.#parts = parts
  }

  get facts(): HealthFacts {
    return this.#facts
  }

  /** Looks at all of it. What cannot be asked now says nothing: that a node or a disk is gone, others find. */
  async look(): Promise<Findings> {
    const parts = this.#parts
    const looks = [solvencyOf(parts), gasOf(parts), coverOf(parts), diskOf(parts), backupOf(parts), keysOf(parts)]
    const found = await Promise.allSettled(looks)
    const news = found.map((one): HealthFacts => (one.status === 'fulfilled' ? one.value : {}))
    this.#facts = Object.assign({}, this.#facts, ...news)
    const { solvency, gas, disk, backup, keysError } = this.#facts
    return {
      SOLVENCY_DRIFT: solvencyDrift(solvency?.holdings ?? []),
      GAS_LOW: gasLow(gas ?? []),
      DISK_LOW: diskLow(disk),
      BACKUP_OLD: backup && backupOld(backup, Date.now()),
      KEYS_FAILING: keysFailing(keysError),
      CERTIFICATE_ENDING: certificateEnding(parts.tls?.cert, Date.now()),
    }
  }
}

/** Of one block; the journal's is that of the same batch, where it is known and leads to the same root. */
async function solvencyOf({ at, state }: HealthParts): Promise<HealthFacts> {
  const blockTag = await at.contract.runner!.provider!.getBlockNumber()
  const [holdings, count, root] = await Promise.all([
    readHoldings(at, blockTag),
    view(at, 'batchCount', { blockTag }),
    view(at, 'stateRoot', { blockTag }),
  ])
  const sequencer = state()
  const batch = Number(count)
  const isKnown = batch >= sequencer.finalIndex && batch <= lastIndex(sequencer)
  const ledger = isKnown ? ledgerAt(sequencer, batch) : undefined
  const vault = ledger !== undefined && ledgerRoot(ledger) === root ? ledger.vault : []
  return {
    solvency: {
      ...{ readAt: Date.now(), batch },
      holdings: holdings.map((held) => ({ ...held, journal: vault[held.asset] })),
    },
  }
}

async function gasOf({ at, sender }: HealthParts): Promise<HealthFacts> {
  const provider = at.contract.runner!.provider!
  const [balance, { maxFeePerGas, gasPrice }] = await Promise.all([provider.getBalance(sender), provider.getFeeData()])
  const price = (maxFeePerGas ?? gasPrice ?? 0n) * SETTLEMENT_GAS
  return { gas: [{ address: sender, balance, settlements: price === 0n ? balance : balance / price }] }
}

async function coverOf({ cover }: HealthParts): Promise<HealthFacts> {
  return { cover: await cover() }
}

async function diskOf({ directory }: HealthParts): Promise<HealthFacts> {
  const { bavail, blocks, bsize } = await statfs(directory, { bigint: true })
  return { disk: { free: bavail * bsize, total: blocks * bsize } }
}

async function backupOf({ database }: HealthParts): Promise<HealthFacts> {
  return { backup: await backupTimes(database) }
}

const PROBE = sha256('zkclear: asked of the keys of a venue, to see whether they answer')

/** Whether what holds the keys opens what it sealed, and signs. */
async function keysOf({ keys, operator, sender }: HealthParts): Promise<HealthFacts> {
  try {
    const key = randomBytes(32)
    const opened = await keys.unwrap(await keys.wrap(key, 'probe'), 'probe')
    for (const address of [operator, sender]) await keys.sign(PROBE, address)
    await keys.log.sign(PROBE)
    return { keysError: key.equals(opened) ? undefined : 'a key that was wrapped opens to another one' }
  } catch (error) {
    return { keysError: (error as Error).message }
  }
}

import { ZkclearError } from '../../protocol/errors.ts'
import type { KeyWrapper } from '../keys/key-provider.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import { Sealer } from '../sealing/sealer.ts'
import type { SequencerConfig, SequencerState } from '../sequencer/state.ts'
import { signedTransaction } from '../settler/signed-transaction.ts'
import { replay } from '../writer/recover.ts'
import type { BackupCopy } from './copy.ts'
import { reseal } from './reseal.ts'
import type { UnresolvedTransaction } from './rows.ts'

export interface RestoreOptions {
  readonly copy: BackupCopy
  /** With the tables of the service and nothing in them. */
  readonly database: Database
  readonly keys: KeyWrapper
  readonly config: SequencerConfig
  /** Address of the venue's Settlement. */
  readonly settlement: string
  /** A number that no epoch of this venue has had. */
  readonly epoch: bigint
  /** Throws where the venue may not go on from there; then nothing is restored, nor what it wrote in the transaction. */
  check(restored: Restored, transaction: Queryable): Promise<void>
  readonly warn: (message: string) => void
}

export interface Restored {
  readonly state: SequencerState
  /** Roots of the log that settlements carry, 32 bytes in lower-case hex. */
  readonly anchors: ReadonlySet<string>
}

/**
 * Opens a new epoch in an empty database with all that a backup holds, or does nothing. The log of that epoch begins with the same leaves.
 * Throws INPUT_INVALID for a database that holds a venue, and for the keys or the backup of another one; BACKUP_BROKEN and SEAL_BROKEN for
 * a backup that is not as it was written; DATABASE_REFUSED for one that this release cannot read; what `check` throws.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  return await options.database
    .transaction((transaction) => restoreIn(transaction, options))
    .catch((error) => {
      throw isOfNoDatabase(error) ? impossible(error) : error
    })
}

async function restoreIn(transaction: Queryable, options: RestoreOptions): Promise<Restored> {
  const { copy, keys, config, epoch, check, warn } = options
  const { tail } = copy
  await requireEmpty(transaction)
  for (const { name, key } of tail.dataKeys)
    await transaction.query('INSERT INTO data_key VALUES ($1, $2)', [name, key])
  const sealer = await Sealer.read(transaction, keys, 'backup')
  const anchors = await reseal(transaction, sealer, { copy, epoch })
  await transaction.query('UPDATE leadership SET epoch = $1, term = 0', [epoch])
  for (const each of tail.transactions) await putTransaction(transaction, each, options.settlement)
  const journal = { epoch, next: tail.next }
  const replayed = await replay({ database: transaction, sealer, journal, config, warn })
  if (replayed === undefined)
    throw new ZkclearError('BACKUP_BROKEN', 'the backup has no snapshot that goes with its records')
  const restored = { state: replayed.state, anchors }
  await check(restored, transaction)
  return restored
}

/** Whether the database says that what it was given is out of its ranges, or there twice: SQLSTATE of class 22 or 23. */
function isOfNoDatabase(error: unknown): boolean {
  return /^2[23]\w{3}$/.test(String((error as { code?: unknown }).code))
}

function impossible(cause: unknown): ZkclearError {
  const message = 'the backup holds what no database held: somebody changed it; use another copy of it'
  return new ZkclearError('BACKUP_BROKEN', message, { cause })
}

async function requireEmpty(transaction: Queryable): Promise<void> {
  const [row] = await transaction.query<{ holds: boolean }>(
    'SELECT EXISTS (SELECT FROM journal) OR EXISTS (SELECT FROM snapshot) OR EXISTS (SELECT FROM data_key) AS holds',
  )
  if (!row!.holds) return
  const message = 'holds a venue already, and nothing is restored over one: give an empty database or a new folder'
  throw new ZkclearError('INPUT_INVALID', message, { path: 'database' })
}

/** Throws BACKUP_BROKEN for one that its sender did not sign, or to do something else. */
async function putTransaction(transaction: Queryable, stored: UnresolvedTransaction, settlement: string) {
  const { hash, chainId, sender, nonce, batch, batches, root, raw } = stored
  const claimed = { hash, nonce: BigInt(nonce), batch: Number(batch), batches, root: BigInt(root), raw }
  if ((await signedTransaction(claimed, { chainId: BigInt(chainId), sender, settlement })) === undefined) {
    const message = `the backup has a transaction of nonce ${nonce} that was not signed to settle what stands beside it: somebody wrote there; use another copy of it`
    throw new ZkclearError('BACKUP_BROKEN', message)
  }
  await transaction.query(
    `INSERT INTO settlement_tx (hash, chain_id, sender, nonce, batch, batches, root, raw)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [hash, chainId, sender, nonce, batch, batches, root, raw],
  )
}

import { ZkclearError } from '../../protocol/errors.ts'
import type { KeyWrapper } from '../keys/key-provider.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import { Sealer } from '../sealing/sealer.ts'
import type { SequencerConfig, SequencerState } from '../sequencer/state.ts'
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
  /** A number that no epoch of this venue has had. */
  readonly epoch: bigint
  /** Throws where the venue may not go on from there; then nothing is restored. */
  check(restored: Restored): Promise<void>
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
export async function restore({ copy, database, keys, config, epoch, check, warn }: RestoreOptions): Promise<Restored> {
  const { tail } = copy
  return await database.transaction(async (transaction) => {
    await requireEmpty(transaction)
    for (const { name, key } of tail.dataKeys)
      await transaction.query('INSERT INTO data_key VALUES ($1, $2)', [name, key])
    const sealer = await Sealer.read(transaction, keys)
    const anchors = await reseal(transaction, sealer, { copy, epoch })
    await transaction.query('UPDATE leadership SET epoch = $1, term = $2', [epoch, tail.term])
    for (const each of tail.transactions) await putTransaction(transaction, each)
    const journal = { epoch, next: tail.next }
    const replayed = await replay({ database: transaction, sealer, journal, config, warn })
    if (replayed === undefined)
      throw new ZkclearError('BACKUP_BROKEN', 'the backup has no snapshot that goes with its records')
    const restored = { state: replayed.state, anchors }
    await check(restored)
    return restored
  })
}

async function requireEmpty(transaction: Queryable): Promise<void> {
  const [row] = await transaction.query<{ holds: boolean }>(
    'SELECT EXISTS (SELECT FROM journal) OR EXISTS (SELECT FROM snapshot) OR EXISTS (SELECT FROM data_key) AS holds',
  )
  if (!row!.holds) return
  const message = 'holds a venue already, and nothing is restored over one: give an empty database or a new folder'
  throw new ZkclearError('INPUT_INVALID', message, { path: 'database' })
}

async function putTransaction(transaction: Queryable, stored: UnresolvedTransaction): Promise<void> {
  const { hash, chainId, sender, nonce, batch, batches, root, raw, maxFee, priorityFee } = stored
  await transaction.query(
    `INSERT INTO settlement_tx (hash, chain_id, sender, nonce, batch, batches, root, raw, max_fee, priority_fee)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [hash, chainId, sender, nonce, batch, batches, root, raw, maxFee, priorityFee],
  )
}

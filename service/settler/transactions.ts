import { ZkclearError } from '../../protocol/errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { Database } from '../postgres/database.ts'

/** A signed transaction. Of one that settles nothing, batch, batches and root are 0. */
export interface StoredTransaction {
  readonly hash: string
  readonly nonce: bigint
  /** The first batch that it settles, and how many. */
  readonly batch: number
  readonly batches: number
  /** The root that the last of them leads to. */
  readonly root: bigint
  /** Signed, as it is sent. */
  readonly raw: string
  /** Wei for a unit of gas. */
  readonly maxFee: bigint
  readonly priorityFee: bigint
}

export type Outcome = 'mined' | 'reverted' | 'replaced'

/** The transactions of one sender on one chain: each is stored before it is sent. */
export class Transactions {
  readonly #database: Database
  readonly #journal: Pick<Journal, 'epoch' | 'term'>
  readonly #from: readonly [bigint, string]

  constructor(
    database: Database,
    journal: Pick<Journal, 'epoch' | 'term'>,
    { chainId, sender }: { readonly chainId: bigint; readonly sender: string },
  ) {
    this.#database = database
    this.#journal = journal
    this.#from = [chainId, sender.toLowerCase()]
  }

  /** Throws LEADERSHIP_LOST if another leads: he settles, and waits for what is stored here before he looks. */
  async store({ hash, nonce, batch, batches, root, raw, maxFee, priorityFee }: StoredTransaction): Promise<void> {
    const { epoch, term } = this.#journal
    const stored = await this.#database.query(
      `WITH leader AS (SELECT epoch FROM leadership WHERE epoch = $1 AND term = $2 FOR SHARE)
       INSERT INTO settlement_tx (hash, chain_id, sender, nonce, batch, batches, root, raw, max_fee, priority_fee)
       SELECT $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM leader RETURNING hash`,
      [epoch, term, hash, ...this.#from, nonce, batch, batches, `${root}`, raw, maxFee, priorityFee],
    )
    if (stored.length > 0) return
    throw new ZkclearError('LEADERSHIP_LOST', `term ${term} does not lead any more: another process settles`)
  }

  /** Those of nonces that the chain has not used yet, the last of each nonce, oldest nonce first; with their age in milliseconds. */
  async inFlight(used: bigint): Promise<readonly (StoredTransaction & { readonly age: number })[]> {
    const rows = await this.#database.query<Row>(
      `SELECT DISTINCT ON (nonce) hash, nonce, batch, batches, root, raw, max_fee, priority_fee,
         (extract(epoch FROM clock_timestamp() - stored_at) * 1000)::float8 AS age
       FROM settlement_tx WHERE chain_id = $1 AND sender = $2 AND nonce >= $3
       ORDER BY nonce, stored_at DESC`,
      [...this.#from, used],
    )
    return rows.map((row) => ({ ...transactionOf(row), age: row.age }))
  }

  /** Those of nonces that the chain has used, whose outcome is not known. */
  async unresolved(used: bigint): Promise<readonly StoredTransaction[]> {
    const rows = await this.#database.query<Row>(
      `SELECT hash, nonce, batch, batches, root, raw, max_fee, priority_fee
       FROM settlement_tx WHERE chain_id = $1 AND sender = $2 AND nonce < $3 AND outcome IS NULL ORDER BY nonce`,
      [...this.#from, used],
    )
    return rows.map(transactionOf)
  }

  async resolve(hash: string, outcome: Outcome): Promise<void> {
    await this.#database.query('UPDATE settlement_tx SET outcome = $2 WHERE hash = $1', [hash, outcome])
  }
}

interface Row {
  readonly hash: string
  readonly nonce: string
  readonly batch: string
  readonly batches: number
  readonly root: string
  readonly raw: string
  readonly max_fee: string
  readonly priority_fee: string
  readonly age: number
}

function transactionOf({ hash, nonce, batch, batches, root, raw, max_fee, priority_fee }: Row): StoredTransaction {
  return {
    ...{ hash, raw, nonce: BigInt(nonce), batch: Number(batch), batches, root: BigInt(root) },
    ...{ maxFee: BigInt(max_fee), priorityFee: BigInt(priority_fee) },
  }
}

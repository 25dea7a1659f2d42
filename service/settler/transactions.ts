import { ZkclearError } from '../../protocol/errors.ts'
import { LEADER, notLeading, type Term } from '../journal/leader.ts'
import type { Database } from '../postgres/database.ts'
import { type Claimed, type SignedFor, type StoredTransaction, signedTransaction } from './signed-transaction.ts'

export type Outcome = 'mined' | 'reverted' | 'replaced'

/**
 * The transactions of one sender on one chain: each is stored before it is sent. What is read throws SEAL_BROKEN for one that he did not
 * sign, or that is not for that contract.
 */
export class Transactions {
  readonly #database: Database
  readonly #term: Term
  readonly #signedFor: SignedFor
  readonly #from: readonly [bigint, string]

  constructor(database: Database, term: Term, signedFor: SignedFor) {
    this.#database = database
    this.#term = term
    this.#signedFor = signedFor
    this.#from = [signedFor.chainId, signedFor.sender.toLowerCase()]
  }

  /** Throws LEADERSHIP_LOST if another leads: he settles, and waits for what is stored here before he looks. */
  async store({ hash, nonce, batch, batches, root, raw }: Claimed): Promise<void> {
    const { epoch, term } = this.#term
    const stored = await this.#database.query(
      `WITH ${LEADER}
       INSERT INTO settlement_tx (hash, chain_id, sender, nonce, batch, batches, root, raw)
       SELECT $3, $4, $5, $6, $7, $8, $9, $10 FROM leader RETURNING hash`,
      [epoch, term, hash, ...this.#from, nonce, batch, batches, `${root}`, raw],
    )
    if (stored.length === 0) throw notLeading(this.#term, 'settles')
  }

  /** Those of nonces that the chain has not used yet, the last of each nonce, oldest nonce first; with their age in milliseconds. */
  async inFlight(used: bigint): Promise<readonly (StoredTransaction & { readonly age: number })[]> {
    const rows = await this.#database.query<Row>(
      `SELECT DISTINCT ON (nonce) hash, nonce, batch, batches, root, raw,
         (extract(epoch FROM clock_timestamp() - stored_at) * 1000)::float8 AS age
       FROM settlement_tx WHERE chain_id = $1 AND sender = $2 AND nonce >= $3
       ORDER BY nonce, stored_at DESC`,
      [...this.#from, used],
    )
    return await Promise.all(rows.map(async (row) => ({ ...(await this.#transactionOf(row)), age: row.age })))
  }

  /** Those of nonces that the chain has used, whose outcome is not known. */
  async unresolved(used: bigint): Promise<readonly StoredTransaction[]> {
    const rows = await this.#database.query<Row>(
      `SELECT hash, nonce, batch, batches, root, raw
       FROM settlement_tx WHERE chain_id = $1 AND sender = $2 AND nonce < $3 AND outcome IS NULL ORDER BY nonce`,
      [...this.#from, used],
    )
    return await Promise.all(rows.map((row) => this.#transactionOf(row)))
  }

  async resolve(hash: string, outcome: Outcome): Promise<void> {
    await this.#database.query('UPDATE settlement_tx SET outcome = $2 WHERE hash = $1', [hash, outcome])
  }

  async #transactionOf({ hash, nonce, batch, batches, root, raw }: Row): Promise<StoredTransaction> {
    const claimed = { hash, raw, nonce: BigInt(nonce), batch: Number(batch), batches, root: BigInt(root) }
    const signed = await signedTransaction(claimed, this.#signedFor)
    if (signed !== undefined) return signed
    const message =
      'is not a transaction that its sender signed to settle what stands beside it: somebody wrote to the database. Find out who; where that row is taken away, the settler goes on'
    throw new ZkclearError('SEAL_BROKEN', message, { path: `settlement_tx/${nonce}` })
  }
}

interface Row {
  readonly hash: string
  readonly nonce: string
  readonly batch: string
  readonly batches: number
  readonly root: string
  readonly raw: string
  readonly age: number
}

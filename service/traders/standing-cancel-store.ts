import { type LeftCancels, standingCancelsRequest } from '../../client/wire/standing-cancels.ts'
import { parseJson } from '../../protocol/json.ts'
import { decodeWith, toJson } from '../../venue/files/schema.ts'
import { LEADER, notLeading, type Term } from '../journal/leader.ts'
import type { Database } from '../postgres/database.ts'
import type { Sealed, Sealer } from '../sealing/sealer.ts'

export interface Kept {
  readonly account: number
  readonly left: LeftCancels
  readonly stored: Buffer
  /** Whether the venue began to hand them in. */
  readonly isBegun: boolean
}

/**
 * Keeps standing cancels over restarts, sealed: whoever has one can hand it in. All throw DATABASE_UNAVAILABLE; what writes throws
 * LEADERSHIP_LOST if another leads: he hands them in, and waits for what is written here before he reads them.
 */
export class StandingCancelStore {
  readonly #database: Database
  readonly #term: Term
  readonly #sealer: Sealer

  constructor(database: Database, term: Term, sealer: Sealer) {
    this.#database = database
    this.#term = term
    this.#sealer = sealer
  }

  /** In place of what the account left before. Gives what names these when they are deleted. */
  async put(account: number, left: LeftCancels): Promise<Buffer> {
    const body = Buffer.from(JSON.stringify(toJson(left)))
    const { sealed, key } = await this.#sealer.seal(nameOf(account), body)
    await this.#write(
      `INSERT INTO standing_cancels (account, body, sealing_key) SELECT $3, $4, $5 FROM leader
       ON CONFLICT (account) DO UPDATE SET body = excluded.body, sealing_key = excluded.sealing_key, is_begun = false`,
      [account, sealed, key],
    )
    return sealed
  }

  /** Unless others have taken their place. */
  async delete(account: number, stored: Buffer): Promise<void> {
    await this.#write('DELETE FROM standing_cancels USING leader WHERE account = $3 AND body = $4', [account, stored])
  }

  /** Before the first of them is handed in, unless others have taken their place. */
  async begin(account: number, stored: Buffer): Promise<void> {
    await this.#write('UPDATE standing_cancels SET is_begun = true FROM leader WHERE account = $3 AND body = $4', [
      account,
      stored,
    ])
  }

  /** What the statement writes for each row of `leader`; its parameters are from the third on. */
  async #write(statement: string, parameters: readonly unknown[]): Promise<void> {
    const { epoch, term } = this.#term
    const leading = await this.#database.query(`WITH ${LEADER}, written AS (${statement}) SELECT epoch FROM leader`, [
      ...[epoch, term],
      ...parameters,
    ])
    if (leading.length === 0) throw notLeading(this.#term, 'hands them in')
  }

  /** All that are kept; `onBroken` gets the accounts whose cancels cannot be read. */
  async all(onBroken: (account: number) => void): Promise<readonly Kept[]> {
    const rows = await this.#database.query<Sealed & { account: number; isBegun: boolean }>(
      'SELECT account, body AS sealed, sealing_key AS key, is_begun AS "isBegun" FROM standing_cancels ORDER BY account',
    )
    const found: Kept[] = []
    for (const { account, isBegun, ...row } of rows) {
      const left = await this.#open(account, row).catch(() => undefined)
      if (left === undefined) onBroken(account)
      else found.push({ account, left, stored: row.sealed, isBegun })
    }
    return found
  }

  async #open(account: number, row: Sealed): Promise<LeftCancels> {
    const text = (await this.#sealer.open(nameOf(account), row)).toString()
    return decodeWith(standingCancelsRequest, parseJson(text), 'INPUT_INVALID', 'standing cancels')
  }
}

/** The name under which they are sealed. */
function nameOf(account: number): string {
  return `standing-cancels/${account}`
}

import { type LeftCancels, standingCancelsRequest } from '../../client/wire/standing-cancels.ts'
import { parseJson } from '../../protocol/json.ts'
import { decodeWith, toJson } from '../../venue/files/schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Sealed, Sealer } from '../sealing/sealer.ts'

export interface Kept {
  readonly account: number
  readonly left: LeftCancels
  readonly stored: Buffer
}

/** Keeps standing cancels over restarts, sealed: whoever has one can hand it in. All throw DATABASE_UNAVAILABLE. */
export class StandingCancelStore {
  readonly #database: Database
  readonly #sealer: Sealer

  constructor(database: Database, sealer: Sealer) {
    this.#database = database
    this.#sealer = sealer
  }

  /** In place of what the account left before. Gives what names these when they are deleted. */
  async put(account: number, left: LeftCancels): Promise<Buffer> {
    const body = Buffer.from(JSON.stringify(toJson(left)))
    const { sealed, key } = await this.#sealer.seal(nameOf(account), body)
    await this.#database.query(
      `INSERT INTO standing_cancels (account, body, sealing_key) VALUES ($1, $2, $3)
       ON CONFLICT (account) DO UPDATE SET body = $2, sealing_key = $3`,
      [account, sealed, key],
    )
    return sealed
  }

  /** Unless others have taken their place. */
  async delete(account: number, stored: Buffer): Promise<void> {
    await this.#database.query('DELETE FROM standing_cancels WHERE account = $1 AND body = $2', [account, stored])
  }

  /** All that are kept; `onBroken` gets the accounts whose cancels cannot be read. */
  async all(onBroken: (account: number) => void): Promise<readonly Kept[]> {
    const rows = await this.#database.query<Sealed & { account: number }>(
      'SELECT account, body AS sealed, sealing_key AS key FROM standing_cancels ORDER BY account',
    )
    const found: Kept[] = []
    for (const { account, ...row } of rows) {
      const left = await this.#open(account, row).catch(() => undefined)
      if (left === undefined) onBroken(account)
      else found.push({ account, left, stored: row.sealed })
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

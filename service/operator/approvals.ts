import { Refusal } from '../http/refusal.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import { isOnePerson } from '../tokens/names.ts'
import { isTokenGood } from '../tokens/tokens.ts'

/** Who asks: two tokens with two names are two persons, as those who made them answer for. */
export interface Asker {
  readonly id: string
  readonly name: string
}

/** An act that one operator asked for, and his name. */
export interface WaitingAct {
  readonly act: string
  readonly name: string
}

/** For how long an act that one asked for waits for another. */
const WAITS = `interval '1 hour'`
/** Held by whoever asks, so that two who do so at once are the first and the second. */
const ASKING_LOCK = 0x7a6b0003

/** Acts that two operators have to ask for, word for word, within an hour: in the database, as they come to the venue and by commands. */
export class Approvals {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Who else asked for the same act, with a token that is still good: it may be done, and is forgotten. undefined if nobody did: it waits.
   * Throws a Refusal for another token of the same name.
   */
  async second(act: string, by: Asker): Promise<Asker | undefined> {
    return await this.#database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [ASKING_LOCK])
      await forgetOld(transaction)
      const [first] = await transaction.query<Asker>('SELECT token AS id, name FROM approval WHERE act = $1', [act])
      if (first === undefined || !(await isTokenGood(transaction, first.id))) {
        await transaction.query('DELETE FROM approval WHERE act = $1', [act])
        await transaction.query('INSERT INTO approval (act, token, name) VALUES ($1, $2, $3)', [act, by.id, by.name])
        return undefined
      }
      if (first.id === by.id) return undefined
      if (isOnePerson(first.name, by.name)) {
        const message = `the token of ${first.name} that asked for it before is the same person's`
        throw new Refusal(409, 'SAME_OPERATOR', message)
      }
      await transaction.query('DELETE FROM approval WHERE act = $1', [act])
      return first
    })
  }

  /** What waits for a second operator, oldest first. */
  async waiting(): Promise<readonly WaitingAct[]> {
    return await this.#database.query<WaitingAct>(
      `SELECT act, name FROM approval WHERE asked_at > clock_timestamp() - ${WAITS} ORDER BY asked_at, act`,
    )
  }
}

async function forgetOld(transaction: Queryable): Promise<void> {
  await transaction.query(`DELETE FROM approval WHERE asked_at <= clock_timestamp() - ${WAITS}`)
}

import type { Queryable } from '../postgres/database.ts'
import type { RecordOf } from '../sequencer/record.ts'
import { LONGEST_TEXT } from '../sequencer/record-schema.ts'

/** What is to be done: who asked for it, and who agreed, where two were needed; by the names of their tokens, as far as they gave one. */
export interface OrderedAct {
  readonly act: string
  readonly askedBy?: string | undefined
  readonly agreedBy?: string | undefined
}

/** Acts that are written at once. */
const AT_ONCE = 100

/** Notes an act, in the transaction that does it or before it is done. It gets into the journal with the next look of whoever leads. */
export async function noteAct(database: Queryable, { act, askedBy, agreedBy }: OrderedAct): Promise<void> {
  await database.query('INSERT INTO operator_act (act, asked_by, agreed_by) VALUES ($1, $2, $3)', [
    ...[act.slice(0, LONGEST_TEXT), askedBy ?? null, agreedBy ?? null],
  ])
}

interface Row {
  readonly number: string
  readonly at: string
  readonly act: string
  readonly askedBy: string | null
  readonly agreedBy: string | null
}

/** The acts of operators on their way into the journal, for whoever leads. */
export class Acts {
  readonly #database: Queryable
  readonly #put: (records: readonly RecordOf<'act'>[]) => Promise<unknown>
  /** One look at a time, or each would write the same. */
  #last: Promise<void> = Promise.resolve()

  /** `put` resolves when the records are in the journal. */
  constructor(database: Queryable, put: (records: readonly RecordOf<'act'>[]) => Promise<unknown>) {
    this.#database = database
    this.#put = put
  }

  /** Resolves when the act is in the journal, with all before it. Throws as the journal does. */
  async note(act: OrderedAct): Promise<void> {
    await noteAct(this.#database, act)
    await this.record()
  }

  /**
   * Writes what is not in the journal yet. Who is killed between that and noting it has it written again by the next leader, with the
   * same number.
   */
  async record(): Promise<void> {
    const next = this.#last.then(() => this.#record())
    this.#last = next.catch(() => undefined)
    await next
  }

  async #record(): Promise<void> {
    for (;;) {
      const rows = await this.#database.query<Row>(
        `SELECT number, floor(extract(epoch FROM at) * 1000)::bigint AS at, act, asked_by AS "askedBy", agreed_by AS "agreedBy"
         FROM operator_act WHERE NOT is_recorded ORDER BY number LIMIT ${AT_ONCE}`,
      )
      if (rows.length === 0) return
      await this.#put(rows.map(recordOf))
      await this.#database.query('UPDATE operator_act SET is_recorded = true WHERE number = ANY ($1)', [
        rows.map(({ number }) => number),
      ])
    }
  }
}

function recordOf({ number, at, act, askedBy, agreedBy }: Row): RecordOf<'act'> {
  return {
    ...{ kind: 'act', number: BigInt(number), at: BigInt(at), act },
    ...(askedBy !== null && { askedBy }),
    ...(agreedBy !== null && { agreedBy }),
  }
}

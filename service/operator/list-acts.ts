import type { Queryable } from '../postgres/database.ts'

/** An act of operators, as it was noted. */
export interface ActReport {
  /** Grows with each act. */
  readonly number: number
  /** Unix milliseconds. */
  readonly at: number
  readonly act: string
  /** By the names of their tokens, as far as they gave one. */
  readonly askedBy?: string
  readonly agreedBy?: string
  /** Whether it is in the journal by now. */
  readonly isRecorded: boolean
}

/** Acts that are told at once. */
const MOST_ACTS = 100

interface Row {
  readonly number: string
  readonly at: string
  readonly act: string
  readonly asked: string | null
  readonly agreed: string | null
  readonly recorded: boolean
}

/** The newest acts, newest first, or those before one of that number. */
export async function listActs(database: Queryable, before = Number.MAX_SAFE_INTEGER): Promise<readonly ActReport[]> {
  const rows = await database.query<Row>(
    `SELECT number, floor(extract(epoch FROM at) * 1000)::bigint AS at, act, asked_by AS asked, agreed_by AS agreed,
       is_recorded AS recorded
     FROM operator_act WHERE number < $1 ORDER BY number DESC LIMIT ${MOST_ACTS}`,
    [before],
  )
  return rows.map(({ number, at, act, asked, agreed, recorded }) => ({
    ...{ number: Number(number), at: Number(at), act, isRecorded: recorded },
    ...(asked !== null && { askedBy: asked }),
    ...(agreed !== null && { agreedBy: agreed }),
  }))
}

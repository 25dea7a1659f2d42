import { ZkclearError } from '../../protocol/errors.ts'
import { Refusal } from '../http/refusal.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import { isOnePerson } from '../tokens/names.ts'
import { readToken } from '../tokens/tokens.ts'
import { noteAct, type OrderedAct } from './acts.ts'
import { Approvals } from './approvals.ts'

/** An act on a venue's database that does not go through its process. */
export interface AdministrativeAct {
  readonly act: string
  /** The token of the operator who asks for it; undefined: he does not say who he is. */
  readonly token: string | undefined
  /** Whether one is enough: it takes away, or the venue has no two operators yet who could agree. */
  readonly takesOne?: boolean | undefined
}

const PATH = '--operator-token-file'

/**
 * Whether an act may be done now: then with who asked for it, and who agreed where two are needed; it is for the caller to note that.
 * undefined: it waits for a second operator. Throws INPUT_INVALID for a token that is not a good one of an operator's, for none where two
 * have to agree, and for another one of the same name.
 */
export async function authorize(
  database: Database,
  { act, token, takesOne = false }: AdministrativeAct,
): Promise<OrderedAct | undefined> {
  const by = token === undefined ? undefined : await readToken(database, token)
  if (token !== undefined && by?.scope !== 'operator') {
    throw invalid('holds no good token of an operator: unknown, expired, revoked or of another scope')
  }
  if (takesOne || !(await areTwoNeeded(database))) return { act, askedBy: by?.name }
  if (by === undefined) throw invalid('is missing: this venue has two operators agree (--two-person)')
  const first = await new Approvals(database).second(act, by).catch((error) => {
    throw error instanceof Refusal ? invalid(`is refused: ${error.message}`) : error
  })
  return first && { act, askedBy: first.name, agreedBy: by.name }
}

async function areTwoNeeded(database: Queryable): Promise<boolean> {
  const [row] = await database.query<{ needed: boolean }>('SELECT two_persons AS needed FROM administration')
  return row!.needed
}

/** Whether there are operators of two names that do not look alike, with tokens that are good: fewer can agree on nothing. */
export async function canTwoAgree(database: Queryable): Promise<boolean> {
  const rows = await database.query<{ name: string }>(
    `SELECT DISTINCT name FROM token WHERE scope = 'operator' AND revoked_at IS NULL AND expires_at > clock_timestamp()`,
  )
  return rows.some(({ name: one }) => rows.some(({ name: other }) => !isOnePerson(one, other)))
}

/** Has acts on the database take two persons from now on, or one, as the venue is started; a change is an act itself. */
export async function setTwoPersons(database: Database, twoPersons: boolean): Promise<void> {
  await database.transaction(async (transaction) => {
    const changed = await transaction.query(
      'UPDATE administration SET two_persons = $1 WHERE two_persons <> $1 RETURNING two_persons',
      [twoPersons],
    )
    if (changed.length > 0) await noteAct(transaction, { act: `serve ${twoPersons ? 'with' : 'without'} --two-person` })
  })
}

function invalid(message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path: PATH })
}

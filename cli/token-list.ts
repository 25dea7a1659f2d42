import { tableText } from './table.ts'
import { timeText } from './time-text.ts'
import { addVenueDatabaseOptions, openVenueDatabase, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Lists the tokens of workers, operators and metrics, newest first: whose they are, what they allow and until when. What opens anything is in none
of it.`

export const tokenListCommand: Verb = (run) =>
  addVenueDatabaseOptions(
    newVerb('list', DESCRIPTION, ['zkclear token list --data venue', 'zkclear token list --data venue --json']),
  ).action(
    run(async ({ signal }, options: VenueDatabaseOptions) => {
      await using venue = await openVenueDatabase(options, signal)
      const { listTokens } = await import('../service/tokens/list-tokens.ts')
      const tokens = await listTokens(venue.database)
      const rows = tokens.map(({ id, name, scope, state, expiresAt }) => [id, scope, state, timeText(expiresAt), name])
      const text = rows.length === 0 ? 'there is no token' : tableText(['id', 'scope', 'state', 'until', 'name'], rows)
      return { document: { tokens }, text }
    }),
  )

import { ZkclearError } from '../protocol/errors.ts'
import { addVenueDatabaseOptions, openVenueDatabase, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

interface TokenRevokeOptions extends VenueDatabaseOptions {
  readonly id: string
}

const DESCRIPTION = `Takes a token back, at once: the next request that bears it is refused, and a worker that has it ends. What the worker proves at that
moment is given to another.`

export const tokenRevokeCommand: Verb = (run) =>
  addVenueDatabaseOptions(newVerb('revoke', DESCRIPTION, ['zkclear token revoke --data venue --id 0123456789ab']))
    .requiredOption('--id <id>', 'which one, as "zkclear token list" shows it')
    .action(
      run(async ({ signal }, options: TokenRevokeOptions) => {
        const { id } = options
        await using venue = await openVenueDatabase(options, signal)
        const { revokeToken } = await import('../service/tokens/tokens.ts')
        if (await revokeToken(venue.database, id))
          return { document: { id }, text: `token ${id} is good for nothing more` }
        const message = 'names no token that is not revoked already; "zkclear token list" shows them'
        throw new ZkclearError('INPUT_INVALID', message, { path: '--id' })
      }),
    )

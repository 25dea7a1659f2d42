import { ZkclearError } from '../protocol/errors.ts'
import { loadService } from './load-service.ts'
import { type OperatorTokenOption, operatorTokenOption, readOperatorToken, WAITS } from './operator-token.ts'
import { addVenueDatabaseOptions, openVenueDatabase, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

interface TokenRevokeOptions extends VenueDatabaseOptions, OperatorTokenOption {
  readonly id: string
}

const DESCRIPTION = `Takes a token back, at once: the next request that bears it is refused, and a worker that has it ends. What the worker proves at that
moment is given to another.`

export const tokenRevokeCommand: Verb = (run) =>
  addVenueDatabaseOptions(newVerb('revoke', DESCRIPTION, ['zkclear token revoke --data venue --id 0123456789ab']))
    .requiredOption('--id <id>', 'which one, as "zkclear token list" shows it')
    .addOption(operatorTokenOption())
    .action(
      run(async ({ signal }, options: TokenRevokeOptions) => {
        const { id } = options
        const token = await readOperatorToken(options)
        await using venue = await openVenueDatabase(options, signal)
        const { database } = venue
        const { revokeToken } = await loadService(() => import('../service/tokens/tokens.ts'))
        const { listTokens } = await loadService(() => import('../service/tokens/list-tokens.ts'))
        const { noteAct } = await loadService(() => import('../service/operator/acts.ts'))
        const { authorize, canTwoAgree } = await loadService(() => import('../service/operator/administration.ts'))
        const found = (await listTokens(database)).find((one) => one.id === id && one.state !== 'revoked')
        if (found === undefined) throw unknown()
        const act = `token revoke ${id}`
        // What was stolen of workers is taken back at once; an operator alone cannot take back the others'.
        const takesOne = found.scope !== 'operator' || !(await canTwoAgree(database))
        const ordered = await authorize(database, { act, token, takesOne })
        if (ordered === undefined) return WAITS
        const isRevoked = await database.transaction(async (transaction) => {
          if (!(await revokeToken(transaction, id))) return false
          await noteAct(transaction, { ...ordered, act: `${act}: ${found.scope} ${JSON.stringify(found.name)}` })
          return true
        })
        if (!isRevoked) throw unknown()
        return { document: { id }, text: `token ${id} is good for nothing more` }
      }),
    )

function unknown(): ZkclearError {
  const message = 'names no token that is not revoked already; "zkclear token list" shows them'
  return new ZkclearError('INPUT_INVALID', message, { path: '--id' })
}

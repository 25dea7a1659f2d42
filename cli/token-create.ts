import { access } from 'node:fs/promises'
import { Option } from 'commander'
import { ZkclearError } from '../protocol/errors.ts'
import { loadService } from './load-service.ts'
import { type OperatorTokenOption, operatorTokenOption, readOperatorToken, WAITS } from './operator-token.ts'
import { integerOption } from './options.ts'
import { openOutputFile } from './output-file.ts'
import { addVenueDatabaseOptions, openVenueDatabase, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

interface TokenCreateOptions extends VenueDatabaseOptions, OperatorTokenOption {
  readonly scope: (typeof SCOPES)[number]
  readonly name: string
  readonly days: bigint
  readonly out: string
}

const DESCRIPTION = `Makes a token, in a file that only its owner can read: there alone it can be read. A worker's lets it prove for the venue; an operator's
lets him see the line and act on it (zkclear line); one for metrics reads numbers at /metrics and nothing else.`

const SCOPES = ['worker', 'operator', 'metrics'] as const
const DAY = 86_400

export const tokenCreateCommand: Verb = (run) =>
  addVenueDatabaseOptions(
    newVerb('create', DESCRIPTION, [
      'zkclear token create --data venue --scope worker --name "machine 2" --out worker-token.txt',
      'zkclear token create --data venue --scope operator --name Ada --days 7 --out ada.txt --json',
    ]),
  )
    .addOption(new Option('--scope <scope>', 'what it allows').choices(SCOPES).makeOptionMandatory())
    .requiredOption('--name <text>', 'whose it is, for people')
    .addOption(integerOption('--days <n>', 'for how many days it is good', { low: 1n, high: 365n, otherwise: 30n }))
    .requiredOption('--out <file>', 'file for the token, which must not exist')
    .addOption(operatorTokenOption())
    .action(
      run(async ({ signal }, options: TokenCreateOptions) => {
        const { scope, name, out, days } = options
        const { isPlainName, LONGEST_NAME } = await loadService(() => import('../service/tokens/names.ts'))
        if (!isPlainName(name)) {
          const message = `must be 1 to ${LONGEST_NAME} letters of one alphabet, with digits and signs of ASCII and single spaces between words, and none that looks like another one`
          throw new ZkclearError('INPUT_INVALID', message, { path: '--name' })
        }
        await requireNew(out)
        const token = await readOperatorToken(options)
        await using file = await openOutputFile(out, { isPrivate: true })
        await using venue = await openVenueDatabase(options, signal)
        const { database } = venue
        const { createToken } = await loadService(() => import('../service/tokens/tokens.ts'))
        const { noteAct } = await loadService(() => import('../service/operator/acts.ts'))
        const { authorize, canTwoAgree } = await loadService(() => import('../service/operator/administration.ts'))
        const act = `token create ${scope} ${JSON.stringify(name)} ${days}`
        // Else nobody could make the first two.
        const takesOne = scope === 'operator' && !(await canTwoAgree(database))
        const ordered = await authorize(database, { act, token, takesOne })
        if (ordered === undefined) return WAITS
        const { id, text } = await database.transaction(async (transaction) => {
          const created = await createToken(transaction, { name, scope, seconds: Number(days) * DAY })
          await noteAct(transaction, { ...ordered, act: `${act}: ${created.id}` })
          return created
        })
        await file.commit(`${text}\n`)
        return {
          document: { id, name, scope, days: Number(days), out },
          text: `token ${id} of ${name} (${scope}) is good for ${days} days, and is in ${out}`,
        }
      }),
    )

async function requireNew(out: string): Promise<void> {
  const isThere = await access(out).then(
    () => true,
    () => false,
  )
  if (!isThere) return
  const message = 'is there already, and may hold a token that is in use; name another file'
  throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path: out })
}

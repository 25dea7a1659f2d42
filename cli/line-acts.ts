import { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import { addLineOptions, askVenue, type LineOptions } from './line-venue.ts'
import { integerBetween } from './options.ts'
import { tableText } from './table.ts'
import { timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Lists what operators had done, newest first, a hundred at a time: at the routes of this command, and with zkclear token, zkclear keys erase and
zkclear restore. All of it is in the venue's log, or will be within seconds.`

const actsSchema = z.object({
  acts: z.array(
    z.object({
      ...{ number: z.int(), at: z.int(), act: z.string(), isRecorded: z.boolean() },
      ...{ askedBy: z.string().optional(), agreedBy: z.string().optional() },
    }),
  ),
})

interface ActsOptions extends LineOptions {
  readonly before?: bigint
}

const MOST = 1n << 40n

export const lineActsCommand: Verb = (run) =>
  addLineOptions(newVerb('acts', DESCRIPTION, ['zkclear line acts --venue http://127.0.0.1:8440 --token-file ada.txt']))
    .option('--before <n>', 'only acts before the one of that number', integerBetween('--before', 1n, MOST))
    .action(
      run(async ({ signal }, { before, ...options }: ActsOptions) => {
        const path = before === undefined ? 'acts' : `acts?before=${before}`
        const { data } = actsSchema.safeParse(await askVenue(options, path, { signal }))
        if (data !== undefined) return { document: data, text: textOf(data) }
        throw new ZkclearError('VENUE_REFUSED', 'the venue gives an answer that this release does not understand')
      }),
    )

function textOf({ acts }: z.output<typeof actsSchema>): string {
  if (acts.length === 0) return 'there is no act'
  const rows = acts.map(({ number, at, act, askedBy, agreedBy }) => {
    return [number, timeText(BigInt(Math.floor(at / 1000))), askedBy ?? '', agreedBy ?? '', act]
  })
  return tableText(['number', 'when', 'asked by', 'agreed by', 'act'], rows)
}

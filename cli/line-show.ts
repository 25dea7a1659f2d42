import { z } from 'zod'
import { alert } from '../client/wire/alerts.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { addLineOptions, askVenue, type LineOptions } from './line-venue.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Shows how the line stands: whether it has stopped and why, what else has to be looked at, and each batch that is not settled with where its
proof is and which messages it includes.`

const message = z.object({ record: z.int(), account: z.int(), kind: z.string() })
const lineSchema = z.object({
  settled: z.int(),
  stopped: z.string().optional(),
  halted: z.string().optional(),
  alerts: z.array(alert),
  approvals: z.array(z.object({ act: z.string(), name: z.string() })),
  batches: z.array(
    z.object({
      ...{ index: z.int(), circuit: z.string(), timestamp: z.string(), proved: z.boolean(), sent: z.boolean() },
      job: z.object({ state: z.string(), error: z.string().optional() }).optional(),
      messages: z.array(message),
    }),
  ),
})

type Line = z.output<typeof lineSchema>

export const lineShowCommand: Verb = (run) =>
  addLineOptions(
    newVerb('show', DESCRIPTION, ['zkclear line show --venue http://127.0.0.1:8440 --token-file ada.txt --json']),
  ).action(
    run(async ({ signal }, options: LineOptions) => {
      const { data } = lineSchema.safeParse(await askVenue(options, 'line', { signal }))
      if (data !== undefined) return { document: data, text: textOf(data) }
      throw new ZkclearError('VENUE_REFUSED', 'the venue gives an answer that this release does not understand')
    }),
  )

function textOf({ settled, stopped, halted, alerts, approvals, batches }: Line): string {
  const onTheWay =
    batches.length === 0 ? 'none is' : batches.length === 1 ? 'one more is' : `${batches.length} more are`
  const lines = [`${settled} ${settled === 1 ? 'batch is' : 'batches are'} settled; ${onTheWay} on the way`]
  if (stopped !== undefined) lines.push(`stopped: ${stopped}`)
  if (halted !== undefined) lines.push(`nothing is made: ${halted}`)
  lines.push(...alerts.map(({ code, severity, cause, runbook }) => `${severity}: ${code}: ${cause} (${runbook})`))
  lines.push(...approvals.map(({ act, name }) => `waits for a second operator: ${act}, asked for by ${name}`))
  if (batches.length === 0) return lines.join('\n')
  const rows = batches.map(({ index, circuit, proved, sent, job, messages }) => {
    const stage = sent ? 'sent' : proved ? 'proved' : [job?.state, job?.error].filter(Boolean).join(' ')
    return [index, circuit, stage, messages.map(({ record, account }) => `${record} (${account})`).join(', ')]
  })
  return `${lines.join('\n')}\n${tableText(['batch', 'circuit', 'stage', 'records (accounts) of its messages'], rows)}`
}

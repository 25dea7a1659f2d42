import type { Command } from 'commander'
import { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import { jsonOf, VenueRequests } from '../service/worker/venue-requests.ts'
import type { Outcome } from './report.ts'
import { readTokenFile, withToken } from './token-file.ts'

/** The venue whose line it is, and who asks. */
export interface LineOptions {
  readonly venue: string
  readonly tokenFile: string
}

export function addLineOptions(command: Command): Command {
  return command
    .requiredOption('--venue <url>', 'where the venue takes workers and operators; http:// for this machine alone')
    .requiredOption('--token-file <file>', "file with the operator's token, mode 0600")
}

const answerSchema = z.object({ isDone: z.boolean() })

/** What the venue answers to an operator. Throws VENUE_UNREACHABLE, VENUE_REFUSED, FILE_UNREADABLE, INPUT_INVALID, ABORTED. */
export async function askVenue(
  { venue: url, tokenFile }: LineOptions,
  path: string,
  { body, signal }: { readonly body?: object; readonly signal: AbortSignal },
): Promise<unknown> {
  const requests = new VenueRequests({ url, token: await readTokenFile(tokenFile) })
  const given = body === undefined ? { signal } : { body, signal }
  const method = body === undefined ? 'GET' : 'POST'
  return await jsonOf(await withToken(tokenFile, 'operator', () => requests.ask(method, `/operator/${path}`, given)))
}

/** Asks for an act, and says whether it was done. */
export async function act(
  options: LineOptions,
  path: string,
  { body, signal, done }: { readonly body: object; readonly signal: AbortSignal; readonly done: string },
): Promise<Outcome> {
  const { data } = answerSchema.safeParse(await askVenue(options, path, { body, signal }))
  if (data === undefined) {
    throw new ZkclearError('VENUE_REFUSED', 'the venue gives an answer that this release does not understand')
  }
  const waits = 'noted: it is done when a second operator asks for the same within an hour'
  return { document: data, text: data.isDone ? done : waits }
}

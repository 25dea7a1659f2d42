import * as wire from '../../client/wire/messages.ts'
import { publicRoute, type Route } from '../gateway/route.ts'
import type { VenueLog } from '../log/venue-log.ts'
import type { Answer } from '../writer/writer.ts'
import type { Door } from './door.ts'

/** What came of a view key that somebody handed in. */
export type ViewKeyAnswer = 'TAKEN' | 'KNOWN'

export interface MessageParts {
  /** All of them, or a Refusal and none; resolves when what was accepted is on disk. */
  take(messages: readonly wire.TraderMessage[]): Promise<readonly Answer[]>
  takeViewKey(shared: { readonly account: number; readonly viewKey: bigint }): Promise<ViewKeyAnswer>
  /** Keeps an address from more checks of signatures than its share. */
  readonly door: Pick<Door, 'admitMessages' | 'chargeForgeries'>
  /** What makes receipts. */
  readonly log: Pick<VenueLog, 'receipt'>
}

/** What anybody may hand in: a message's signature is its authority, and who knows a view key may share it. */
export function messageRoutes({ take, takeViewKey, door, log }: MessageParts): Route[] {
  return [
    publicRoute({
      ...{ method: 'POST', path: '/v1/messages', body: wire.messagesRequest },
      ...{ bodyDocument: wire.messagesDocument, answer: wire.messagesAnswer },
      summary:
        'Bundles, withdrawals and transfers, up to 256, each with a verdict; what has a wrong form or exceeds the credit is refused as a whole',
      async handle({ body, caller }) {
        door.admitMessages(caller, body.length)
        const answers = await take(body)
        door.chargeForgeries(caller, answers.filter(({ verdict }) => verdict === 'BAD_SIGNATURE').length)
        return {
          verdicts: answers.map(({ receipted, ...answer }) => {
            return receipted === undefined ? answer : { ...answer, receipt: log.receipt(receipted) }
          }),
        }
      },
    }),
    publicRoute({
      ...{ method: 'POST', path: '/v1/view-keys', body: wire.viewKeyRequest, answer: wire.viewKeyAnswer },
      summary: 'Shares the view key of an account with the venue',
      async handle({ body }) {
        return { result: await takeViewKey(body) }
      },
    }),
  ]
}

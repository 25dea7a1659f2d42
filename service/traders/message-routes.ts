import * as wire from '../../client/wire/messages.ts'
import { publicRoute, type Route } from '../gateway/route.ts'
import type { Bringer } from '../intake/bringer.ts'
import type { VenueLog } from '../log/venue-log.ts'
import { accountOfMessage, lastNonceOf } from '../writer/message-id.ts'
import type { Answer } from '../writer/writer.ts'
import type { Door } from './door.ts'
import type { StandingCancels } from './standing-cancels.ts'

/** What came of a view key that somebody handed in. */
export type ViewKeyAnswer = 'TAKEN' | 'KNOWN'

export interface MessageParts {
  /** All of them, or a Refusal and none; resolves when what was accepted is on disk. */
  take(messages: readonly wire.TraderMessage[], by: Bringer): Promise<readonly Answer[]>
  takeViewKey(shared: { readonly account: number; readonly viewKey: bigint }): Promise<ViewKeyAnswer>
  /** Keeps an address from more checks of signatures than its share. */
  readonly door: Pick<Door, 'admitMessages' | 'chargeWasted'>
  /** What makes receipts. */
  readonly log: Pick<VenueLog, 'receipt'>
  /** Which cancels that stand a message makes void. */
  readonly standing: Pick<StandingCancels, 'voidedBy'>
}

/** What anybody may hand in: a message's signature is its authority, and who knows a view key may share it. */
export function messageRoutes({ take, takeViewKey, door, log, standing }: MessageParts): Route[] {
  return [
    publicRoute({
      ...{ method: 'POST', path: '/v1/messages', body: wire.messagesRequest },
      ...{ bodyDocument: wire.messagesDocument, answer: wire.messagesAnswer },
      isBounded: true,
      summary:
        'Bundles, withdrawals and transfers, up to 256, each with a verdict; what has a wrong form or exceeds the credit is refused as a whole',
      async handle({ body, caller }) {
        door.admitMessages(caller, body.length)
        const answers = await take(body, { caller })
        door.chargeWasted(
          caller,
          answers.map(({ verdict }) => verdict),
        )
        return {
          verdicts: answers.map(({ receipted, ...answer }, i) => {
            if (receipted === undefined) return answer
            const message = body[i]!
            const voidCancels = standing.voidedBy(accountOfMessage(message), lastNonceOf(message))
            return { ...answer, ...(voidCancels > 0 && { voidCancels }), receipt: log.receipt(receipted) }
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

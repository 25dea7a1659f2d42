import * as wire from '../../client/wire/standing-cancels.ts'
import { type Route, traderRoute } from '../gateway/route.ts'
import type { Door } from './door.ts'
import type { StandingCancels } from './standing-cancels.ts'

export interface StandingCancelParts {
  readonly standing: StandingCancels
  /** Keeps an address from more checks of signatures than its share. */
  readonly door: Pick<Door, 'admitMessages'>
}

/** What storing them costs beside signatures. */
const WORTH_MESSAGES = 32

const PATH = '/v1/account/standing-cancels'

/** Cancels that a trader signs ahead, for when the venue hears nothing of him any more. */
export function standingCancelRoutes({ standing, door }: StandingCancelParts): Route[] {
  const answer = wire.standingCancelsAnswer
  return [
    traderRoute({
      ...{ method: 'POST', path: PATH, body: wire.standingCancelsRequest, answer },
      summary: 'Leaves signed cancels that are handed in after so many seconds of silence, in place of those before',
      async handle({ account, caller, body }) {
        door.admitMessages(caller, WORTH_MESSAGES + body.bundles.length)
        return await standing.put(account, body)
      },
    }),
    traderRoute({
      ...{ method: 'GET', path: PATH, answer },
      summary: 'How they stand; says nothing of their signatures',
      handle: async ({ account }) => standing.view(account),
    }),
    traderRoute({
      ...{ method: 'POST', path: `${PATH}/drop`, body: wire.nothing, answer },
      summary: 'Takes them back',
      handle: async ({ account }) => standing.drop(account),
    }),
    traderRoute({
      ...{ method: 'POST', path: '/v1/account/heartbeat', body: wire.nothing, answer },
      summary: 'Says that the trader is there: the seconds of silence begin anew',
      handle: async ({ account }) => standing.heard(account),
    }),
  ]
}

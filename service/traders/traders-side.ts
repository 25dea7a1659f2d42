import { accountAt } from '../../protocol/state.ts'
import type { GatewayOptions } from '../gateway/gateway.ts'
import type { Database } from '../postgres/database.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'
import { accountRoutes } from './account-routes.ts'
import { type BidParts, bidRoutes } from './bid-routes.ts'
import { isKeyStill, loginRoutes } from './login-routes.ts'
import { type MessageParts, messageRoutes } from './message-routes.ts'
import { statusRoutes } from './status-routes.ts'

export interface TradersSideParts {
  readonly database: Database
  readonly domain: bigint
  readonly venue: MessageParts & BidParts & { status(): object }
  /** As far as it is on disk: what may be told. */
  state(): SequencerState
}

/** What the gateway has for traders. */
export function tradersSide({
  database,
  domain,
  venue,
  state,
}: TradersSideParts): Pick<GatewayOptions, 'routes' | 'isCurrent'> {
  const keyOf = (account: number) => accountAt(currentState(state()), account)?.tradingKey
  const now = () => BigInt(Math.floor(Date.now() / 1000))
  return {
    isCurrent: (holder) => isKeyStill(holder, keyOf),
    routes: [
      ...messageRoutes({
        take: (messages) => venue.take(messages),
        takeViewKey: (shared) => venue.takeViewKey(shared),
      }),
      ...bidRoutes({ takeBid: (signed) => venue.takeBid(signed) }, domain),
      ...statusRoutes({ status: () => venue.status() }),
      ...loginRoutes({ database, domain, keyOf, now }),
      ...accountRoutes({ state }),
    ],
  }
}

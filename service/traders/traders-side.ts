import { accountAt } from '../../protocol/state.ts'
import type { GatewayOptions } from '../gateway/gateway.ts'
import { logRoutes } from '../log/log-routes.ts'
import type { VenueLog } from '../log/venue-log.ts'
import type { Database } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'
import { accountRoutes } from './account-routes.ts'
import { type BidParts, bidRoutes } from './bid-routes.ts'
import { isKeyStill, loginRoutes } from './login-routes.ts'
import { type MessageParts, messageRoutes } from './message-routes.ts'
import { statusRoutes } from './status-routes.ts'

export interface TradersSideParts {
  readonly database: Database
  readonly domain: bigint
  readonly venue: Pick<MessageParts, 'take' | 'takeViewKey'> & BidParts & { status(): object }
  /** What opens records, and the log that they are in. */
  readonly sealer: Sealer
  readonly log: VenueLog
  /** As far as it is on disk: what may be told. */
  state(): SequencerState
}

/** What the gateway has for traders. */
export function tradersSide({
  database,
  domain,
  venue,
  sealer,
  log,
  state,
}: TradersSideParts): Pick<GatewayOptions, 'routes' | 'isCurrent'> {
  const keyOf = (account: number) => accountAt(currentState(state()), account)?.tradingKey
  const now = () => BigInt(Math.floor(Date.now() / 1000))
  return {
    isCurrent: (holder) => isKeyStill(holder, keyOf),
    routes: [
      ...messageRoutes({
        log,
        take: (messages) => venue.take(messages),
        takeViewKey: (shared) => venue.takeViewKey(shared),
      }),
      ...bidRoutes({ takeBid: (signed) => venue.takeBid(signed) }, domain),
      ...logRoutes({ database, sealer, log }),
      ...statusRoutes({ status: () => venue.status() }),
      ...loginRoutes({ database, domain, keyOf, now }),
      ...accountRoutes({ state }),
    ],
  }
}

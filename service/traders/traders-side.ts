import type { StatusAnswer } from '../../client/wire/status.ts'
import { accountAt } from '../../protocol/state.ts'
import type { GatewayOptions } from '../gateway/gateway.ts'
import { withDocument } from '../gateway/openapi.ts'
import { logRoutes } from '../log/log-routes.ts'
import type { VenueLog } from '../log/venue-log.ts'
import type { Database } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'
import { isTokenGood } from '../tokens/tokens.ts'
import { accountRoutes } from './account-routes.ts'
import { type BidParts, bidRoutes } from './bid-routes.ts'
import type { TradersDesk } from './desk.ts'
import { type ExitParts, exitRoutes } from './exit-routes.ts'
import { isKeyStill, loginRoutes } from './login-routes.ts'
import { marketRoutes } from './market-routes.ts'
import { type MessageParts, messageRoutes } from './message-routes.ts'
import { type OpeningParts, openingRoutes } from './opening-routes.ts'
import type { MarginFiles } from './proving-files.ts'
import { provingRoutes } from './proving-routes.ts'
import { standingCancelRoutes } from './standing-cancel-routes.ts'
import type { StandingCancels } from './standing-cancels.ts'
import { statusRoutes } from './status-routes.ts'

export interface TradersSideParts {
  readonly database: Database
  readonly domain: bigint
  readonly venue: Pick<MessageParts, 'take' | 'takeViewKey'> & BidParts & { status(): StatusAnswer }
  /** What opens records, and the log that they are in. */
  readonly sealer: Sealer
  readonly log: VenueLog
  readonly desk: TradersDesk
  readonly standing: StandingCancels
  /** What is settled, of which owners can prove something. */
  provable: OpeningParts['provable']
  /** What owners leave with, once the venue is frozen. */
  readonly exits: ExitParts['exits']
  /** What margin is proved with; undefined where it is not built. */
  readonly marginFiles: MarginFiles | undefined
  /** As far as it is on disk: what may be told. */
  state(): SequencerState
}

type TradersSide = Pick<GatewayOptions, 'routes' | 'isCurrent' | 'callers' | 'connectionsAtOnce' | 'onClosing'>

/** Of the routes and schemas: the first part of their paths. */
export const API_VERSION = '1'

/** What the gateway has for traders. */
export function tradersSide(parts: TradersSideParts): TradersSide {
  const { database, domain, venue, desk, standing, sealer, log, state, provable, exits, marginFiles } = parts
  const { door, feeds, known } = desk
  const keyOf = (account: number) => accountAt(currentState(state()), account)?.tradingKey
  const now = () => BigInt(Math.floor(Date.now() / 1000))
  return {
    isCurrent: (holder) => isKeyStill(holder, keyOf),
    callers: { isKnown: (caller) => known.has(caller), admit: (caller, requests) => door.admit(caller, requests) },
    connectionsAtOnce: door.rules.connectionsAtOnce,
    onClosing: () => feeds[Symbol.dispose](),
    routes: withDocument(
      [
        ...messageRoutes({
          ...{ log, door, standing },
          take: (messages, by) => venue.take(messages, by),
          takeViewKey: (shared) => venue.takeViewKey(shared),
        }),
        ...bidRoutes({ door, takeBid: (signed, by) => venue.takeBid(signed, by) }, domain),
        ...logRoutes({ database, sealer, log }),
        ...statusRoutes({ status: () => venue.status() }),
        ...loginRoutes({
          ...{ database, domain, door, known, keyOf, now },
          onLogout: (account) => feeds.accounts.check(account),
        }),
        ...accountRoutes({
          ...{ state, feeds },
          isGood: async ({ id, holder }) => isKeyStill(holder!, keyOf) && (await isTokenGood(database, id)),
        }),
        ...standingCancelRoutes({ standing, door }),
        ...openingRoutes({ state, provable }),
        ...exitRoutes({ state, exits }),
        ...provingRoutes(marginFiles),
        ...marketRoutes({ state, feeds, rules: door.rules }),
      ],
      API_VERSION,
    ),
  }
}

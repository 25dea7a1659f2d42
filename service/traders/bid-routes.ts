import * as wire from '../../client/wire/bids.ts'
import type { SignedBid } from '../../protocol/takeover/bid.ts'
import { decodeBid } from '../../venue/files/takeover-file.ts'
import { publicRoute, type Route } from '../gateway/route.ts'
import type { Bringer } from '../intake/bringer.ts'
import type { BidVerdict } from '../sequencer/bids.ts'
import type { Door } from './door.ts'

export interface BidParts {
  /** Resolves when an accepted one is on disk; throws a Refusal while the venue takes nothing. */
  takeBid(signed: SignedBid, by: Bringer): Promise<{ readonly verdict: BidVerdict; readonly record?: number }>
}

export interface BidRouteParts extends BidParts {
  /** Makes an address pay for checks of signatures that led to nothing. */
  readonly door: Pick<Door, 'chargeWasted'>
}

/** Bids for flagged accounts: a bid's signature is its authority. */
export function bidRoutes({ takeBid, door }: BidRouteParts, domain: bigint): Route[] {
  return [
    publicRoute({
      ...{ method: 'POST', path: '/v1/bids', body: wire.bidRequest, bodyDocument: wire.bidDocument },
      isBounded: true,
      ...{ answer: wire.bidAnswer, summary: 'A bid for a flagged account, as in its file' },
      async handle({ body, caller }) {
        const answer = await takeBid(decodeBid(body, domain), { caller })
        door.chargeWasted(caller, [answer.verdict])
        return answer
      },
    }),
  ]
}

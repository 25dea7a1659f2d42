import * as wire from '../../client/wire/bids.ts'
import type { SignedBid } from '../../protocol/takeover/bid.ts'
import { decodeBid } from '../../venue/files/takeover-file.ts'
import { publicRoute, type Route } from '../gateway/route.ts'
import type { BidVerdict } from '../sequencer/bids.ts'

export interface BidParts {
  /** Resolves when an accepted one is on disk; throws a Refusal while the venue takes nothing. */
  takeBid(signed: SignedBid): Promise<{ readonly verdict: BidVerdict; readonly record?: number }>
}

/** Bids for flagged accounts: a bid's signature is its authority. */
export function bidRoutes({ takeBid }: BidParts, domain: bigint): Route[] {
  return [
    publicRoute({
      ...{ method: 'POST', path: '/v1/bids', body: wire.bidRequest, bodyDocument: wire.bidDocument },
      ...{ answer: wire.bidAnswer, summary: 'A bid for a flagged account, as in its file' },
      handle: async ({ body }) => takeBid(decodeBid(body, domain)),
    }),
  ]
}

import { standingCancelsRequest } from '../../../client/wire/standing-cancels.ts'
import type { SignedBundle } from '../../../protocol/bundle.ts'
import type { Message } from '../../../protocol/message.ts'
import { toJson } from '../../../venue/files/schema.ts'
import type { testServer } from './test-server.ts'
import { orderOf, signed, type TradingVenue, tradingVenue } from './trading-venue.ts'

/** Far above the nonces that tests use. */
export const AHEAD = 1_000_000n

/** A cancel of all orders of an account in a market. */
export function all(account: number, nonce: bigint, market = 0): Message {
  return { kind: 'cancel-all', market, account, side: 'both', nonce }
}

/** What a trader leaves, to be handed in after ten seconds without a heartbeat. */
export function leave(...bundles: SignedBundle[]) {
  return { bundles, seconds: 10, watch: 'heartbeat' as const }
}

/** As a request brings them: of three markets, of which two have orders in `bidding`. */
export function three() {
  const bundles = [0, 1, 2].map((market) => signed(1, all(1, AHEAD + BigInt(market), market)))
  return standingCancelsRequest.parse(toJson(leave(...bundles)))
}

/** A venue in which account 1 bids in two markets. */
export async function bidding(server: Awaited<ReturnType<typeof testServer>>) {
  const venue = await tradingVenue(server)
  await venue.client.send([signed(1, orderOf(1, 1n)), signed(1, orderOf(1, 2n, { market: 1 }))])
  await venue.put({ kind: 'cut', cash: false })
  return venue
}

/** How many bids rest in each of the two markets, once what was handed in has its batch. */
export async function restingOf(venue: TradingVenue): Promise<readonly number[]> {
  await venue.put({ kind: 'cut', cash: false })
  return (await Promise.all([0, 1].map((market) => venue.client.book(market)))).map(({ bids }) => bids.length)
}

import type { Account } from '../../../protocol/account.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import type { VenueShape } from '../../../protocol/shape.ts'
import { accountAt } from '../../../protocol/state.ts'
import { type Auction, auctionOf } from '../../../protocol/takeover/auction.ts'
import { type BestTakeover, bestTakeover } from '../../../protocol/takeover/best-bid.ts'
import { type Bid, heldBy, type SignedBid, signBid } from '../../../protocol/takeover/bid.ts'
import { readFlagged } from '../../../settlement/index.ts'
import type { Chain } from '../chain.ts'
import { expect } from '../expect.ts'
import { BIDS, WAIT } from '../shock-plan.ts'
import type { World } from '../world.ts'
import type { Refused } from './money.ts'

export interface AuctionAct extends Auction {
  /** Who is taken over, as it was before, and the table of the auction. */
  readonly victim: number
  readonly given: Account
  readonly table: RiskTable
  readonly bids: typeof BIDS
  readonly taken: { readonly bidder: number; readonly price: bigint; readonly time: bigint }
  readonly proveMs: number
  readonly gas: bigint
  /** What no proof could do. */
  readonly refusals: Refused
}

/** Nobody saves a flagged account: two traders bid for it, and it passes to the one who pays more. */
export async function actOfAuction(world: World, victim: number): Promise<AuctionAct> {
  const { stages, venue, chain } = world
  const [given, riskTable] = [accountAt(venue.state, victim)!, venue.riskTable!]
  const { flagged, resumedAt } = await stages.run('Read from the chain who is flagged, and bid', () =>
    readFlaggedOf(chain, venue.state.shape),
  )
  const found = flagged.find(({ account }) => account === victim)
  expect(found !== undefined, 'the chain tells what a flagged account holds')
  const auction = auctionOf(found, riskTable, resumedAt)
  const { opens } = auction
  const held = heldBy(found.portfolio)
  const bids = BIDS.map((bid) => bidOf(world, { ...bid, victim, held, expiry: auction.closes }))

  const at = (timestamp: bigint): BestTakeover =>
    bestTakeover(venue.state, bids, { timestamp, domain: chain.deployment.domain, riskTable, resumedAt })
  const [early, cheap] = [at(opens - 1n), at(opens)].map(({ refused }) => refused[0]?.reason)
  expect(early === 'AUCTION', 'a flagged account has its time before anybody can take it over')
  expect(cheap === 'PRICE', 'an auction opens at what the account is worth')

  const time = opens + WAIT
  const { takeover } = at(time)
  expect(takeover !== undefined, 'the schedule has come down to a bid')
  const { bidder, price } = takeover.bid.bid
  expect(
    BIDS.every((bid) => bid.price <= price),
    'the highest bid is taken',
  )
  const before = accountAt(venue.state, bidder)!
  const { proved, gas } = await stages.run(
    `Account ${bidder} takes over account ${victim}; prove and settle`,
    (report) => venue.takeOver(takeover, report),
  )
  const [left, richer] = [victim, bidder].map((account) => accountAt(venue.state, account)!) as [Account, Account]
  expect(
    left.collateral[0] === price && left.positions.every(({ size }) => size === 0n),
    'the victim has the price alone',
  )
  expect(
    richer.positions.every(({ size }, m) => size === before.positions[m]!.size + given.positions[m]!.size),
    'the bidder has what it held',
  )
  const refusals = [
    [`to take over account ${victim} a second before its auction`, early],
    ['to take it over below the price of that second', cheap],
  ] as const
  const taken = { bidder, price, time }
  return {
    ...auction,
    victim,
    given,
    table: riskTable,
    bids: BIDS,
    taken,
    proveMs: proved.timings.proveMs,
    gas,
    refusals,
  }
}

/** What everybody can know: the words of the batches tell it. */
function readFlaggedOf({ provider, settlement: { settlement }, deployment: { fromBlock } }: Chain, shape: VenueShape) {
  return readFlagged({ provider, settlement, fromBlock, shape })
}

function bidOf({ venue, sample, chain }: World, of: Omit<Bid, 'nonce'>): SignedBid {
  const nonce = accountAt(venue.state, of.bidder)!.nonce + 1n
  return signBid({ ...of, nonce }, chain.deployment.domain, sample.secrets.get(of.bidder)!.privateKey)
}

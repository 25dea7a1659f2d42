import { wordsOf } from '../../../circuits/state/statement.ts'
import type { Account } from '../../../protocol/account.ts'
import { unpackCashData } from '../../../protocol/cash-batch/words.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import type { Portfolio } from '../../../protocol/portfolio.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { accountAt } from '../../../protocol/state.ts'
import { type Auction, auctionOf, leastPrice } from '../../../protocol/takeover/auction.ts'
import { type Bid, heldBy, type SignedBid, signBid } from '../../../protocol/takeover/bid.ts'
import { applyTakeover } from '../../../protocol/takeover/takeover.ts'
import { expect } from '../expect.ts'
import type { World } from '../world.ts'
import type { Refused } from './money.ts'

/** Who bids, and what: quanta. */
const BIDS = [
  { bidder: 12, price: 300_000_000n },
  { bidder: 1, price: 450_000_000n },
] as const
/** After how much of the auction the account is taken over, in seconds. */
const WAIT = 900n
/** No pause of the guardian has ended, for there was none. */
const RESUMED_AT = 0n

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
  const { stages, venue } = world
  const [given, table] = [accountAt(venue.state, victim)!, venue.riskTable!]
  const auction = auctionOf(given, table, RESUMED_AT)
  const { opens } = auction
  const held = heldBy(publishedBy(world, victim))
  const bids = BIDS.map((bid) => bidOf(world, { ...bid, victim, held, expiry: auction.closes }))
  const best = bids.reduce((one, other) => (other.bid.price > one.bid.price ? other : one))
  const early = whyNot(world, best, opens - 1n)
  expect(early === 'AUCTION', 'a flagged account has its time before anybody can take it over')
  const cheap = whyNot(world, best, opens)
  expect(cheap === 'PRICE', 'an auction opens at what the account is worth')

  const { bidder, price } = best.bid
  const time = opens + WAIT
  expect(price >= leastPrice(given, table, WAIT), 'the schedule has come down to the bid')
  const before = accountAt(venue.state, bidder)!
  const { proved, gas } = await stages.run(
    `Account ${bidder} takes over account ${victim}; prove and settle`,
    (report) => venue.takeOver(best, { timestamp: time, resumedAt: RESUMED_AT }, report),
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
  return { ...auction, victim, given, table, bids: BIDS, taken, proveMs: proved.timings.proveMs, gas, refusals }
}

/** What the flag of the account published: all that bidders know of it. */
function publishedBy({ venue }: World, victim: number): Portfolio {
  const { slots, portfolio } = unpackCashData(wordsOf(venue.cash.at(-1)!.proved.statement))
  expect(portfolio !== undefined && slots[0]!.account === victim, 'a flag publishes what the account holds')
  return portfolio
}

function bidOf({ venue, sample, chain }: World, of: Omit<Bid, 'nonce'>): SignedBid {
  const nonce = accountAt(venue.state, of.bidder)!.nonce + 1n
  return signBid({ ...of, nonce }, chain.deployment.domain, sample.secrets.get(of.bidder)!.privateKey)
}

/** Why no proof can make the takeover at that time. */
function whyNot({ venue, chain }: World, bid: SignedBid, timestamp: bigint): string | undefined {
  const context = { timestamp, domain: chain.deployment.domain, riskTable: venue.riskTable!, resumedAt: RESUMED_AT }
  try {
    applyTakeover(venue.state, bid, context)
    return undefined
  } catch (error) {
    if (error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE') return String(error.details.reason)
    throw error
  }
}

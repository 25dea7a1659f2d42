import { ZkclearError } from '../protocol/errors.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import type { HouseCover } from '../protocol/takeover/best-bid.ts'
import { heldBy } from '../protocol/takeover/bid.ts'
import { type Offer, offerOf } from '../protocol/takeover/find.ts'
import type { FlaggedAccount } from '../protocol/takeover/flagged.ts'
import { connectReader, readCover, readFlagged } from '../settlement/index.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { coverText } from './cover-text.ts'
import { warnIfStale } from './liquidate-venue.ts'
import { newestTable } from './newest-table.ts'
import { profileOption } from './options.ts'
import type { Session } from './session.ts'
import { accountOf, addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

export interface AuctionOptions extends ReaderOptions, SettlementOption {
  readonly account?: bigint
  readonly profile: ProfileName
}

const DESCRIPTION = `Shows the flagged accounts of a venue from the chain alone, for whoever wants to take one over: what it holds, from when to when it is to
be had, and for how much at least, now and as its auction goes on. Prices are those of the newest table and change with the next. Needs nothing of the venue.`

export const auctionCommand: Verb = (run) =>
  addSettlementOption(
    addReaderOptions(
      newVerb('auction', DESCRIPTION, [
        'zkclear liquidate auction --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
        'zkclear liquidate auction --account 7 --rpc https://... --settlement 0x... --from-block 21000000 --json',
      ]),
    ),
  )
    .option('--account <index>', 'this flagged account alone', accountOf)
    .addOption(profileOption())
    .action(
      run(async (session, options: AuctionOptions) => {
        const { auctions, ...chain } = await readAuctions(session, options)
        if (options.account !== undefined && auctions.length === 0) {
          const message = `account ${options.account} is not flagged`
          throw new ZkclearError('INPUT_INVALID', message, { path: '--account' })
        }
        const text = auctions.map((auction) => auctionText(auction, chain)).join('\n\n')
        return {
          document: {
            settlement: options.settlement,
            ...chain,
            auctions: auctions.map(({ least = null, ...auction }) => ({ ...auction, least })),
          },
          text: auctions.length === 0 ? 'no account is flagged' : text,
        }
      }),
    )

/** A flagged account and what it is to be had for. */
export type AuctionOnChain = FlaggedAccount & Offer & { readonly held: bigint }

/** What bidders should know of an account that traded since its flag. */
export const TRADED =
  'batches of trades touched it since its flag: its owner may have closed positions, and a bid for more than it holds is void'

/** What is published of the auctions of a venue, or of that of one account. Throws INPUT_INVALID where there is no table. */
export async function readAuctions(session: Session, options: AuctionOptions) {
  const { rpc, settlement, profile, fromBlock, account } = options
  using connection = await connectReader({ rpcUrl: rpc })
  const { provider } = connection
  session.onProgress({ stage: 'read the chain', fraction: 0 })
  const venue = { provider, settlement, fromBlock: Number(fromBlock), signal: session.signal }
  const { flagged, chainId, domain, riskRoot, time, resumedAt, frozenAt } = await readFlagged({
    ...venue,
    shape: venueShape(profile),
  })
  const wanted = flagged.filter((one) => account === undefined || one.account === Number(account))
  const cover = await readCover({ provider, settlement })
  const chain = { chainId, domain, time, resumedAt, frozenAt, cover }
  if (wanted.length === 0) return { ...chain, riskAsOf: undefined, auctions: [] }
  const place = { provider, settlement, profile, fromBlock }
  const { table: riskTable } = await newestTable(place, { riskRoot, snapshots: [] }, session)
  warnIfStale(session, riskTable, time)
  const auctions = wanted.map((one): AuctionOnChain => {
    return { ...one, held: heldBy(one.portfolio), ...offerOf(one, { riskTable, timestamp: time, resumedAt }) }
  })
  return { ...chain, riskAsOf: riskTable.asOf, auctions }
}

function auctionText(
  auction: AuctionOnChain,
  { time, cover }: { readonly time: bigint; readonly cover: HouseCover },
): string {
  const { account, portfolio, opens, closes, fair, risk, least, sheltered, traded, schedule } = auction
  const positions = portfolio.positions.flatMap(({ size }, m) => (size === 0n ? [] : [['market', m, size]]))
  const assets = portfolio.collateral.flatMap((lots, k) => (lots === 0n ? [] : [['asset', k, lots]]))
  const now =
    least !== undefined
      ? `to be had for ${least} quanta at least until ${timeText(closes)}`
      : time < opens
        ? `to be had from ${timeText(opens)} to ${timeText(closes)}`
        : `its auction closed at ${timeText(closes)}`
  const lines = [
    `account ${account}: ${now}; fair price ${fair}, risk ${risk}`,
    ...(sheltered ? ['it has a position in a sheltered market: nobody can take it over at this table'] : []),
    ...(traded ? [TRADED] : []),
    ...(schedule.at(-1)!.price < 0n ? [`below 0 the house pays, and ${coverText(cover)}`] : []),
    tableText(['holds', '', 'lots'], [...positions, ...assets]),
    tableText(
      ['at', 'lowest price'],
      schedule.map(({ time: at, price }) => [timeText(at), price]),
    ),
  ]
  return lines.join('\n')
}

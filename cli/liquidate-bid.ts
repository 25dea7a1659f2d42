import { ZkclearError } from '../protocol/errors.ts'
import { BITS } from '../protocol/parameters.ts'
import { signBid } from '../protocol/takeover/bid.ts'
import { encodeBid } from '../venue/index.ts'
import { addReaderOptions } from './chain-options.ts'
import { coverText } from './cover-text.ts'
import { jsonText } from './json-text.ts'
import { type AuctionOptions, readAuctions, TRADED } from './liquidate-auction.ts'
import { integerBetween, profileOption } from './options.ts'
import { openOutputFile } from './output-file.ts'
import { accountOf, addSettlementOption } from './settlement-options.ts'
import { timeText } from './time-text.ts'
import { readKeys } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface BidOptions extends Omit<AuctionOptions, 'account'> {
  readonly keys: string
  readonly account: bigint
  readonly victim: bigint
  readonly price: bigint
  readonly nonce: bigint
  readonly expiry: bigint
  readonly out: string
}

const LAST_ACCOUNT = (1n << BigInt(BITS.account)) - 1n
const LAST_NONCE = (1n << BigInt(BITS.nonce)) - 1n
const LAST_TIME = (1n << BigInt(BITS.time)) - 1n

const DESCRIPTION = `Signs a bid for a flagged account with the bidder's trading key and writes it to a file for the venue, which takes the best one with
"zkclear liquidate take". What the account holds is read from the chain, and the bid is void once it holds anything else. Until it expires it is the venue's to
use. Sends nothing.`

export const bidCommand: Verb = (run) =>
  addSettlementOption(
    addReaderOptions(
      newVerb('bid', DESCRIPTION, [
        'zkclear liquidate bid --keys keys.json --account 3 --victim 7 --price 250000 --nonce 9 --expiry $(($(date +%s) + 3600)) --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out bid.json',
      ]),
    ),
  )
    .requiredOption('--keys <file>', "keys file with the bidder's trading key")
    .requiredOption('--account <index>', 'the bidder, by its index', accountOf)
    .requiredOption('--victim <index>', 'the flagged account', integerBetween('--victim', 0n, LAST_ACCOUNT))
    .requiredOption(
      '--price <quanta>',
      'what the bidder pays; below 0, as in --price=-500, what the house pays',
      priceOf,
    )
    .requiredOption(
      '--nonce <n>',
      'above that of every message of the bidder so far',
      integerBetween('--nonce', 1n, LAST_NONCE),
    )
    .requiredOption(
      '--expiry <unix>',
      'the last second at which it may be taken',
      integerBetween('--expiry', 1n, LAST_TIME),
    )
    .requiredOption('--out <file>', 'where the signed bid goes')
    .addOption(profileOption())
    .action(
      run(async (session, options: BidOptions) => {
        const { keys, price, nonce, expiry, out } = options
        const [bidder, victim] = [Number(options.account), Number(options.victim)]
        await using output = await openOutputFile(out, { isPrivate: true })
        const secrets = (await readKeys(keys)).get(bidder)
        if (secrets === undefined) {
          throw new ZkclearError('INPUT_INVALID', `${keys} has no keys of account ${bidder}`, { path: '--account' })
        }
        const { auctions, domain, chainId, time, cover } = await readAuctions(session, {
          ...options,
          account: options.victim,
        })
        const [auction] = auctions
        if (auction === undefined) {
          throw new ZkclearError('INPUT_INVALID', `account ${victim} is not flagged`, { path: '--victim' })
        }
        const { held, opens, closes, schedule, fair, traded } = auction
        if (traded) session.warn(TRADED)
        if (expiry < opens || expiry < time) {
          const message = `is ${timeText(expiry)}; account ${victim} is to be had from ${timeText(opens)} to ${timeText(closes)}`
          throw new ZkclearError('INPUT_INVALID', message, { path: '--expiry' })
        }
        const lowest = schedule.at(-1)!.price
        if (price < lowest)
          session.warn(`the price is below ${lowest}, the lowest that the auction comes to at the newest table`)
        if (price > fair)
          session.warn(`the price is above ${fair}, what the account is worth at the newest table: nobody may pay more`)
        if (-price > cover.now) session.warn(`the house would pay ${-price} quanta: ${coverText(cover)}`)
        const bid = { victim, bidder, held, price, nonce, expiry }
        await output.commit(jsonText(encodeBid(signBid(bid, domain, secrets.privateKey), domain)))
        const text = `${out} takes over account ${victim} for ${price} quanta, until ${timeText(expiry)}`
        return { document: { settlement: options.settlement, chainId, ...bid, cover, out }, text }
      }),
    )

/** Parses a price in quanta, with its sign. Throws INPUT_INVALID. */
function priceOf(text: string): bigint {
  const price = /^-?(0|[1-9][0-9]{0,24})$/.test(text) ? BigInt(text) : undefined
  const most = 1n << BigInt(BITS.collateral)
  if (price !== undefined && price > -most && price < most) return price
  const message = `got ${JSON.stringify(text.slice(0, 100))}, need a whole number of quanta, |price| < 2^${BITS.collateral}`
  throw new ZkclearError('INPUT_INVALID', message, { path: '--price' })
}

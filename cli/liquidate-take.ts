import { ZkclearError } from '../protocol/errors.ts'
import { stateRoot } from '../protocol/state.ts'
import { bestTakeover } from '../protocol/takeover/best-bid.ts'
import { decodeBid, encodeTakeover, stateText } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import { addLiquidationOptions, type LiquidationOptions, readLiquidationVenue } from './liquidate-venue.ts'
import { openOutputDirectory } from './output-directory.ts'
import { entryText } from './queue-text.ts'
import { rescuesIn, rescuesOf } from './rescues.ts'
import { timeText } from './time-text.ts'
import { readDocument } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface TakeOptions extends LiquidationOptions {
  readonly bid: readonly string[]
  readonly out: string
}

const DESCRIPTION = `Takes the best of the bids for a flagged account, that is, the highest price that the rules allow now. Writes to --out: takeover.json, ready for
"zkclear prove takeover"; state.json, the state after it; summary.json. The directory appears complete or not at all, and only its owner can read it. Settle it within 15 minutes, and within two of the next risk table.
What is wrong with a bid of a higher price is in the summary.`

export const takeCommand: Verb = (run) =>
  addLiquidationOptions(
    newVerb('take', DESCRIPTION, [
      'zkclear liquidate take --bid bids/*.json --state cash/state.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out taken',
    ]),
  )
    .requiredOption('--bid <file...>', 'bids for one account')
    .requiredOption('--out <dir>', 'a new or empty directory')
    .action(
      run(async (session, options: TakeOptions) => {
        const { bid: files, profile, settlement } = options
        await using out = await openOutputDirectory(options.out, { secret: true })
        const venue = await readLiquidationVenue(session, options)
        const { chainId, domain, state, riskTable, timestamp, resumedAt, cover } = venue
        const bids = []
        for (const file of files) bids.push(await readDocument(file, (json) => decodeBid(json, domain)))
        const victims = [...new Set(bids.map(({ bid }) => bid.victim))]
        if (victims.length > 1) {
          const message = `are for the accounts ${victims.join(', ')}; give those for one`
          throw new ZkclearError('INPUT_INVALID', message, { path: '--bid' })
        }
        const best = bestTakeover(state, bids, { timestamp, domain, riskTable, resumedAt }, cover)
        const refused = best.refused.map(({ place, ...why }) => ({ file: files[place]!, ...why }))
        if (best.takeover === undefined) {
          const reasons = refused.map(({ file, message }) => `${file}: ${message}`).join('; ')
          throw new ZkclearError('BATCH_UNPROVABLE', `no bid can be taken: ${reasons}`, { details: { refused } })
        }
        const { takeover } = best
        const { victim, bidder, price } = takeover.bid.bid
        const { after, subsidy, opens } = takeover
        const rescues = rescuesOf(venue, [victim])
        const summary = {
          ...{ profile, chainId, settlement, domain, timestamp, resumedAt, victim, bidder, price, subsidy, cover },
          ...{
            bid: files[best.place!]!,
            refused,
            rescues: rescuesIn(rescues),
            oldStateRoot: stateRoot(state),
            stateRoot: stateRoot(after),
          },
        }
        await out.write('takeover.json', jsonText(encodeTakeover(takeover, profile)))
        await out.write('state.json', stateText(after, profile))
        await out.write('summary.json', jsonText(summary))
        await out.commit()
        for (const entry of rescues) {
          session.warn(
            `${entryText(entry)} waits: if it was asked for before ${timeText(opens)}, when the auction opened, the contract takes no takeover before it was served`,
          )
        }
        for (const { file, message } of refused) session.warn(`${file} is not taken: ${message}`)
        const text = `account ${bidder} takes over account ${victim} for ${price} quanta, by ${summary.bid}; prove ${options.out}/takeover.json`
        return { document: { out: options.out, ...summary }, text }
      }),
    )

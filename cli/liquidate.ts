import { auctionCommand } from './liquidate-auction.ts'
import { bidCommand } from './liquidate-bid.ts'
import { deleverageCommand } from './liquidate-deleverage.ts'
import { findCommand } from './liquidate-find.ts'
import { flagCommand } from './liquidate-flag.ts'
import { takeCommand } from './liquidate-take.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `Liquidations, from both sides: find accounts that are below maintenance, flag them, see what a flagged one is to be had
for, bid for it, take the best bid, or close its lots against others' where nobody can be paid to take it.`

export const verb: Verb = newGroup('liquidate', DESCRIPTION, {
  examples: [
    'zkclear liquidate find --state cash/state.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
    'zkclear liquidate auction --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
  ],
  commands: [findCommand, flagCommand, auctionCommand, bidCommand, takeCommand, deleverageCommand],
})

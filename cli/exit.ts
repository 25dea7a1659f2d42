import { claimCommand } from './exit-claim.ts'
import { fetchCommand } from './exit-fetch.ts'
import { packagesCommand } from './exit-packages.ts'
import { payoutCommand } from './exit-payout.ts'
import { proveCommand } from './exit-prove.ts'
import { refundCommand } from './exit-refund.ts'
import { showCommand } from './exit-show.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `Gets an account's money out of a venue that was frozen: what it is owed is proved, claimed and paid, without anybody's help.
docs/exit.md says how, step by step.`

export const verb: Verb = newGroup('exit', DESCRIPTION, {
  examples: [
    'zkclear exit show --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --account 7',
    'zkclear exit prove --recovery mine --out claim.json',
    'zkclear exit claim --proof claim.json --rpc http://127.0.0.1:8545 --settlement 0x...',
    'zkclear exit payout --account 7 --rpc http://127.0.0.1:8545 --settlement 0x...',
  ],
  commands: [showCommand, fetchCommand, proveCommand, claimCommand, payoutCommand, refundCommand, packagesCommand],
})

import { claimCommand } from './account-claim.ts'
import { depositCommand } from './account-deposit.ts'
import { keysCommand } from './account-keys.ts'
import { acceptCommand, offerCommand } from './account-owner.ts'
import { registerCommand } from './account-register.ts'
import { requestCureCommand, requestWithdrawalCommand, resumeCommand, suspendCommand } from './account-requests.ts'
import { rotateCommand } from './account-rotate.ts'
import { showCommand } from './account-show.ts'
import { withdrawCommand } from './account-withdraw.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `What the owner of an account does: register it, put money in and take it out, ask the contract where the venue does not
answer, change keys or owner. docs/custody.md says what each of these can and cannot do.`

export const verb: Verb = newGroup('account', DESCRIPTION, {
  examples: [
    'zkclear account register --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out keys.json',
    'zkclear account show --account 3 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
  ],
  commands: [
    registerCommand,
    keysCommand,
    depositCommand,
    withdrawCommand,
    requestWithdrawalCommand,
    claimCommand,
    rotateCommand,
    suspendCommand,
    resumeCommand,
    requestCureCommand,
    offerCommand,
    acceptCommand,
    showCommand,
  ],
})

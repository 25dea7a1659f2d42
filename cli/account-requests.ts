import { requestCure, requestWithdrawal, resumeAccount, suspendAccount } from '../settlement/index.ts'
import { addOwnerOptions, type OwnerOptions, ownerCall, queuedOutcome, requestVerb } from './account-options.ts'
import { connectSender, SENDER_HELP } from './chain-options.ts'
import { assetOf, lotsOf } from './settlement-options.ts'
import { newVerb, type Verb } from './verb.ts'

interface WithdrawalOptions extends OwnerOptions {
  readonly asset: bigint
  readonly lots: bigint
}

const WITHDRAWAL = `Asks the contract for a withdrawal that the venue cannot refuse: it must pay as many lots, up to these, as the account may
withdraw when it serves the request. Afterwards "zkclear account claim" has them sent. Only the account's owner may.
${SENDER_HELP}`

export const requestWithdrawalCommand: Verb = (run) =>
  addOwnerOptions(
    newVerb('request-withdrawal', WITHDRAWAL, [
      'zkclear account request-withdrawal --account 3 --asset 0 --lots 5000 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
    ]),
  )
    .requiredOption('--asset <n>', 'the asset, by its place in the terms', assetOf)
    .requiredOption('--lots <n>', 'lots at most', lotsOf)
    .action(
      run(async (session, options: WithdrawalOptions) => {
        using connection = await connectSender(options)
        const [asset, lots] = [Number(options.asset), options.lots]
        const queued = await requestWithdrawal({ ...ownerCall(session, connection, options), asset, lots })
        const done = `up to ${lots} lots of asset ${asset} are asked for`
        return queuedOutcome(options.settlement, connection, { ...queued, asset, lots }, done)
      }),
    )

const SUSPENSION = `Makes all orders of the account dead, whatever the venue does with them. Only the account's owner may.
${SENDER_HELP}`

export const suspendCommand: Verb = requestVerb('suspend', SUSPENSION, {
  make: suspendAccount,
  done: 'the suspension waits',
})

const RESUMPTION = `Ends a suspension, unless the account still has open orders when the venue serves the request. Only the account's owner
may. ${SENDER_HELP}`

export const resumeCommand: Verb = requestVerb('resume', RESUMPTION, {
  make: resumeAccount,
  done: 'the end of the suspension waits',
})

const CURE = `Asks that the account be flagged no longer: when the venue serves the request it must take the flag away if the account meets
maintenance then, its open orders included; otherwise nothing changes, and you can ask again. A deposit that is enough does the same by itself.
Only the account's owner may. ${SENDER_HELP}`

export const requestCureCommand: Verb = requestVerb('request-cure', CURE, {
  make: requestCure,
  done: 'the request to be cured waits',
})

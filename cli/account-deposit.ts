import { deposit, mintPlay } from '../settlement/index.ts'
import { addOwnerOptions, type OwnerOptions, ownerCall, queuedOutcome } from './account-options.ts'
import { connectSender, SENDER_HELP } from './chain-options.ts'
import { addressOf } from './options.ts'
import { assetOf, lotsOf } from './settlement-options.ts'
import { newVerb, type Verb } from './verb.ts'

interface DepositOptions extends OwnerOptions {
  readonly asset: bigint
  readonly lots: bigint
  readonly owner?: string
  readonly mint?: boolean
}

const DESCRIPTION = `Deposits tokens for an account, the sender's or anybody's. If they are not approved yet, exactly as many are approved as are
needed, in a transaction before it. ${SENDER_HELP}`

export const depositCommand: Verb = (run) =>
  addOwnerOptions(
    newVerb('deposit', DESCRIPTION, [
      'zkclear account deposit --account 3 --asset 0 --lots 5000 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
      'zkclear account deposit --account 0 --owner 0x... --asset 0 --lots 5000 --rpc https://... --settlement 0x... --private-key-file key.txt',
    ]),
  )
    .requiredOption('--asset <n>', 'the asset, by its place in the terms', assetOf)
    .requiredOption('--lots <n>', 'how many lots', lotsOf)
    .option('--owner <address>', 'whose account it is meant to be (default: the sender)', addressOf('--owner'))
    .option('--mint', 'of a play token, on a development chain: first makes as many as are deposited')
    .action(
      run(async (session, options: DepositOptions) => {
        using connection = await connectSender(options)
        const { owner, lots } = options
        const call = ownerCall(session, connection, options)
        const asset = Number(options.asset)
        if (options.mint === true) await mintPlay({ ...call, asset, lots })
        const queued = await deposit({ ...call, asset, lots, owner })
        const done = `${lots} lots, ${queued.units} units of ${queued.token}, are in the contract`
        return queuedOutcome(options.settlement, connection, { ...queued }, done)
      }),
    )

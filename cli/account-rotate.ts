import { registrationOf, rotateKey } from '../settlement/index.ts'
import { addOwnerOptions, type OwnerOptions, ownerCall, queuedOutcome } from './account-options.ts'
import { connectSender, SENDER_HELP } from './chain-options.ts'
import { openKeysOutput } from './keys-output.ts'
import { integerBetween } from './options.ts'
import { newVerb, type Verb } from './verb.ts'
import { addWalletOptions, ROTATION, requireOwn, type WalletOptions, walletSecrets } from './wallet-secrets.ts'

interface RotateOptions extends OwnerOptions, WalletOptions {
  readonly rotation: bigint
}

const DESCRIPTION = `Gives the account another trading key, the next one of its wallet, and writes it to a keys file that only its owner can
read. The old key counts until the venue has served the request. Owner secret and view key stay as they are.
Only the account's owner may. ${SENDER_HELP}`

export const rotateCommand: Verb = (run) =>
  addWalletOptions(
    addOwnerOptions(
      newVerb('rotate', DESCRIPTION, [
        'zkclear account rotate --account 3 --rotation 1 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out keys-1.json',
      ]),
    ),
  )
    .requiredOption(
      '--rotation <n>',
      'how often it was rotated, this time included: 1 at the first time',
      integerBetween('--rotation', 1n, ROTATION.high),
    )
    .action(
      run(async (session, options: RotateOptions) => {
        const { settlement, rotation, number, out, viewOut } = options
        await using keys = await openKeysOutput(out, viewOut)
        using connection = await connectSender(options)
        const secrets = await walletSecrets(connection, options, rotation)
        const call = ownerCall(session, connection, options)
        await requireOwn(connection, call.account, secrets, options)
        keys.requireFree(call.account, secrets)
        const queued = await rotateKey({ ...call, key: registrationOf(secrets).key })
        await keys.commit([queued.account], secrets)
        const written = { number: Number(number), rotation: Number(rotation), out, viewOut }
        const done = `the new key is in ${out}; the old one counts until the venue has served this`
        return queuedOutcome(settlement, connection, { ...queued, ...written }, done)
      }),
    )

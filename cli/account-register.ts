import { ZkclearError } from '../protocol/errors.ts'
import { findAccounts, registerAccount, registrationOf } from '../settlement/index.ts'
import { queuedOutcome } from './account-options.ts'
import { addChainOptions, type ChainOptions, connectSender, fromBlockOption, SENDER_HELP } from './chain-options.ts'
import { openKeysOutput } from './keys-output.ts'
import { addSettlementOption } from './settlement-options.ts'
import { newVerb, type Verb } from './verb.ts'
import { addWalletOptions, type WalletOptions, walletSecrets } from './wallet-secrets.ts'

interface RegisterOptions extends ChainOptions, WalletOptions {
  readonly fromBlock: bigint
}

const DESCRIPTION = `Registers an account, the sender's, at a venue's Settlement. Its secrets are derived from a signature of the sender's wallet,
and written to a keys file that only its owner can read; "zkclear account keys" derives them again.
The venue needs the view key: without it the account cannot trade; and nobody without it can leave a dead venue with
what the account holds. The fee is sent with a margin, which comes back.
${SENDER_HELP}`

export const registerCommand: Verb = (run) =>
  addWalletOptions(
    addSettlementOption(
      addChainOptions(
        newVerb('register', DESCRIPTION, [
          'zkclear account register --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out keys.json --view-out view.json',
          'zkclear account register --number 1 --rpc https://... --settlement 0x... --private-key-file key.txt --out keys.json --json',
        ]),
      ),
    ),
  )
    .addOption(fromBlockOption())
    .action(
      run(async ({ signal, onProgress }, options: RegisterOptions) => {
        const { settlement, number, out, viewOut } = options
        await using keys = await openKeysOutput(out, viewOut)
        using connection = await connectSender(options)
        const { signer } = connection
        const secrets = await walletSecrets(connection, options)
        const registration = registrationOf(secrets)
        const owner = await signer.getAddress()
        const place = { provider: signer.provider!, settlement, fromBlock: Number(options.fromBlock) }
        const [taken] = await findAccounts({ ...place, registration, owner })
        if (taken !== undefined) {
          const message = `is account ${taken} already; take the next number, or "zkclear account keys" for the keys of that one`
          throw new ZkclearError('INPUT_INVALID', `${number} ${message}`, { path: '--number' })
        }
        const queued = await registerAccount({ signer, settlement, registration, signal, onProgress })
        await keys.commit([queued.account], secrets)
        const written = { owner, number: Number(number), out, viewOut }
        const done = `account ${queued.account} is registered, its keys are in ${out}`
        return queuedOutcome(settlement, connection, { ...queued, ...written }, done)
      }),
    )

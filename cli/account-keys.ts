import { ZkclearError } from '../protocol/errors.ts'
import { findAccounts, registrationOf } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, fromBlockOption, SENDER_HELP } from './chain-options.ts'
import { openKeysOutput } from './keys-output.ts'
import { integerOption } from './options.ts'
import { accountOf, addSettlementOption } from './settlement-options.ts'
import { newVerb, type Verb } from './verb.ts'
import { addWalletOptions, ROTATION, requireOwn, type WalletOptions, walletSecrets } from './wallet-secrets.ts'

interface KeysOptions extends ChainOptions, WalletOptions {
  readonly account?: bigint
  readonly rotation: bigint
  readonly fromBlock: bigint
}

const DESCRIPTION = `Derives the secrets of an account again from its wallet, and writes them to a keys file that only its owner can read.
The account is looked for among those that the wallet registered and owns. Nothing is sent.
Whoever sees the signature that the wallet gives here has the secrets: docs/security.md says what that gives away.
${SENDER_HELP}`

export const keysCommand: Verb = (run) =>
  addWalletOptions(
    addSettlementOption(
      addChainOptions(
        newVerb('keys', DESCRIPTION, [
          'zkclear account keys --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out keys.json',
          'zkclear account keys --account 3 --rotation 1 --rpc https://... --settlement 0x... --private-key-file key.txt --out keys.json',
        ]),
      ),
    ),
  )
    .option('--account <index>', 'the account, if the wallet no longer owns it (default: it is looked for)', accountOf)
    .addOption(integerOption('--rotation <n>', 'how often its trading key was rotated', ROTATION))
    .addOption(fromBlockOption())
    .action(
      run(async (_, options: KeysOptions) => {
        const { settlement, number, rotation, out, viewOut } = options
        await using keys = await openKeysOutput(out, viewOut)
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        const secrets = await walletSecrets(connection, options, rotation)
        const owner = await signer.getAddress()
        const place = { provider: signer.provider!, settlement, fromBlock: Number(options.fromBlock) }
        const given = options.account === undefined ? undefined : Number(options.account)
        if (given !== undefined) await requireOwn(connection, given, secrets, options)
        const accounts =
          given === undefined ? await findAccounts({ ...place, registration: registrationOf(secrets), owner }) : [given]
        if (accounts.length === 0) {
          const message = `is no account of ${owner} here; register it, or give another number, or --account`
          throw new ZkclearError('INPUT_INVALID', `${number} ${message}`, { path: '--number' })
        }
        await keys.commit(accounts, secrets)
        const which = accounts.length === 1 ? `account ${accounts[0]}` : `accounts ${accounts.join(', ')}`
        return {
          document: {
            settlement,
            chainId,
            owner,
            number: Number(number),
            rotation: Number(rotation),
            accounts,
            out,
            viewOut,
          },
          text: `the keys of ${which} are in ${out}`,
        }
      }),
    )

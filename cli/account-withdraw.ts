import { signCashMessage } from '../protocol/cash-batch/sign.ts'
import { settlementDomain } from '../protocol/domain.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { BITS } from '../protocol/parameters.ts'
import { encodeCashMessage } from '../venue/index.ts'
import { jsonText } from './json-text.ts'
import { integerBetween } from './options.ts'
import { openOutputFile } from './output-file.ts'
import { accountOf, addSettlementOption, assetOf, lotsOf, type SettlementOption } from './settlement-options.ts'
import { timeText } from './time-text.ts'
import { readKeys } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface WithdrawOptions extends SettlementOption {
  readonly keys: string
  readonly account: bigint
  readonly asset: bigint
  readonly lots: bigint
  readonly toAccount?: bigint
  readonly nonce: bigint
  readonly expiry: bigint
  readonly chainId: bigint
  readonly out: string
}

const LAST_NONCE = (1n << 64n) - 1n
const LAST_TIME = (1n << 40n) - 1n
const LAST_CHAIN = (1n << 256n) - 1n

const DESCRIPTION = `Signs a withdrawal with the account's trading key, off chain, and writes it to a file for the venue, which enters it with
"zkclear venue cash". The money goes to whoever owns the account on chain; with --to-account to another account of the same
owner. No node is asked, nothing is sent.
If the venue does not enter it, "zkclear account request-withdrawal" asks the contract.`

export const withdrawCommand: Verb = (run) =>
  addSettlementOption(
    newVerb('withdraw', DESCRIPTION, [
      'zkclear account withdraw --keys keys.json --account 3 --asset 0 --lots 500 --nonce 7 --expiry $(($(date +%s) + 3600)) --chain-id 31337 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out withdrawal.json',
    ]),
  )
    .requiredOption('--keys <file>', "keys file with the account's trading key")
    .requiredOption('--account <index>', 'the account, by its index', accountOf)
    .requiredOption('--asset <n>', 'the asset, by its place in the terms', assetOf)
    .requiredOption('--lots <n>', 'how many lots, all or none of which are paid', lotsOf)
    .option(
      '--to-account <index>',
      'move them to this account of the same owner instead of out of the venue',
      integerBetween('--to-account', 0n, (1n << BigInt(BITS.account)) - 1n),
    )
    .requiredOption(
      '--nonce <n>',
      'above that of every message of the account so far; gaps are allowed, and make lower ones void',
      integerBetween('--nonce', 1n, LAST_NONCE),
    )
    .requiredOption(
      '--expiry <unix>',
      'the last second at which it may be entered',
      integerBetween('--expiry', 1n, LAST_TIME),
    )
    .requiredOption('--chain-id <n>', 'chain that Settlement is on', integerBetween('--chain-id', 0n, LAST_CHAIN))
    .requiredOption('--out <file>', 'where the signed message goes')
    .action(
      run(async ({ warn }, options: WithdrawOptions) => {
        const { keys: path, lots: amount, nonce, expiry, chainId, settlement, out } = options
        const [account, asset] = [Number(options.account), Number(options.asset)]
        const domain = settlementDomain(chainId, settlement)
        await using output = await openOutputFile(out, { isPrivate: true })
        const secrets = (await readKeys(path)).get(account)
        if (secrets === undefined) {
          throw new ZkclearError('INPUT_INVALID', `${path} has no keys of account ${account}`, { path: '--account' })
        }
        const counterAccount = Number(options.toAccount ?? 0n)
        const kind = options.toAccount === undefined ? 'WITHDRAW' : 'TRANSFER_OUT'
        const message = { kind, account, counterAccount, asset, amount, nonce, expiry } as const
        const signed = signCashMessage(message, domain, secrets.privateKey)
        await output.commit(jsonText(encodeCashMessage(signed, domain)))
        if (expiry * 1000n < BigInt(Date.now())) {
          warn(
            `it has expired at ${timeText(expiry)}, by the clock of this machine: no venue of today enters it; give a later --expiry`,
          )
        }
        const where = kind === 'WITHDRAW' ? 'out of the venue' : `to account ${counterAccount}`
        const text = `${out} moves ${amount} lots of asset ${asset} from account ${account} ${where}, until ${timeText(expiry)}`
        return { document: { settlement, chainId, ...message, out }, text }
      }),
    )

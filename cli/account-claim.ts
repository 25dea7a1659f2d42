import { claim } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { addressOf } from './options.ts'
import { addSettlementOption, assetOf, lotsOf, type SettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface ClaimOptions extends ChainOptions, SettlementOption {
  readonly asset: bigint
  readonly lots?: bigint
  readonly to?: string
}

const DESCRIPTION = `Has tokens sent that the sender is credited with: what withdrawals of their accounts paid, and what a dead venue owes.
While the venue lives, its outflow limit may hold a part back for a while. ${SENDER_HELP}`

export const claimCommand: Verb = (run) =>
  addSettlementOption(
    addChainOptions(
      newVerb('claim', DESCRIPTION, [
        'zkclear account claim --asset 0 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
        'zkclear account claim --asset 0 --lots 500 --to 0x... --rpc https://... --settlement 0x... --private-key-file key.txt',
      ]),
    ),
  )
    .requiredOption('--asset <n>', 'the asset, by its place in the terms', assetOf)
    .option('--lots <n>', 'how many lots (default: all that are free now)', lotsOf)
    .option('--to <address>', 'who receives the tokens (default: the sender)', addressOf('--to'))
    .action(
      run(async ({ signal, onProgress }, options: ClaimOptions) => {
        using connection = await connectSender(options)
        const { settlement, lots, to } = options
        const { signer, chainId } = connection
        const asset = Number(options.asset)
        const claimed = await claim({ signer, settlement, asset, lots, to, signal, onProgress })
        const { transactionHash, blockNumber, gasUsed } = claimed
        const table = tableText(
          ['asset', 'lots', 'units', 'to', 'transaction', 'block', 'gas'],
          [[asset, claimed.lots, claimed.units, claimed.to, transactionHash, blockNumber, gasUsed]],
        )
        return { document: { settlement, chainId, ...claimed }, text: table }
      }),
    )

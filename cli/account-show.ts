import { connectReader, readAccount } from '../settlement/index.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { entryText } from './queue-text.ts'
import { accountOf, addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

interface ShowOptions extends ReaderOptions, SettlementOption {
  readonly account: bigint
}

const DESCRIPTION = `Shows what the chain says of an account: its owner and who is to become it, what of it waits in the queue and until when,
what its owner may claim, and what the queue costs. What the account holds in the venue is not public.`

export const showCommand: Verb = (run) =>
  addSettlementOption(
    addReaderOptions(
      newVerb('show', DESCRIPTION, [
        'zkclear account show --account 3 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
      ]),
    ),
  )
    .requiredOption('--account <index>', 'the account, by its index', accountOf)
    .action(
      run(async (_, { rpc, settlement, account: index, fromBlock }: ShowOptions) => {
        using connection = await connectReader({ rpcUrl: rpc })
        const { provider, chainId } = connection
        const account = Number(index)
        const found = await readAccount({ provider, settlement, account, fromBlock: Number(fromBlock) })
        const { owner, offered, next, waiting, credits, fees } = found
        const credited = tableText(
          ['asset', 'token', 'credited lots', 'free now'],
          credits.map(({ token, all, free }, asset) => [asset, token, all, free]),
        )
        const lines = [
          `account ${account} is ${owner}'s`,
          ...(offered === undefined ? [] : [`offered to ${offered}`]),
          ...(next === undefined ? [] : [`${next.owner}'s from ${timeText(next.from)} on`]),
          ...waiting.map((entry) => `waits: ${entryText(entry)}, to be served before ${timeText(entry.deadline)}`),
          credited,
          'credited is what its owner may claim; what the account holds in the venue is not public',
          `an entry of the queue costs ${fees.queue} wei now, a registration ${fees.registration} besides`,
        ]
        const document = { settlement, chainId, ...found, offered: offered ?? null, next: next ?? null }
        return { document, text: lines.join('\n') }
      }),
    )

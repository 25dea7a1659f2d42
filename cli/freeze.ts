import { freeze, readExit } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { EXIT } from './exit-codes.ts'
import { nextStep } from './exit-steps.ts'
import { addressOf } from './options.ts'
import { timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

interface FreezeOptions extends ChainOptions {
  readonly settlement: string
}

const DESCRIPTION = `Ends a venue for ever, which anybody may once it has left an entry of its queue past its deadline, or an announced end
has come: no batch moves it any more, and what accounts are owed can be claimed. Before that it says from when it can be done, and
ends with 1. ${SENDER_HELP}`

export const verb: Verb = (run) =>
  addChainOptions(
    newVerb('freeze', DESCRIPTION, [
      'zkclear freeze --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
      'zkclear freeze --rpc https://... --settlement 0x... --private-key-file key.txt --json',
    ]),
  )
    .requiredOption('--settlement <address>', "the venue's Settlement", addressOf('--settlement'))
    .action(
      run(async ({ signal, onProgress }, options: FreezeOptions) => {
        const { settlement } = options
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        const provider = signer.provider!
        const before = await readExit({ provider, settlement })
        const { frozenAt, freezableFrom, time } = before
        const isDue = freezableFrom !== undefined && time >= freezableFrom
        if (frozenAt === 0n && !isDue) {
          const next = nextStep(before)
          return {
            document: { settlement, chainId, frozenAt, freezableFrom, time, next },
            text: next.text,
            code: EXIT.false,
          }
        }
        const sent = frozenAt === 0n ? await freeze({ signer, settlement, signal, onProgress }) : {}
        const after = frozenAt === 0n ? await readExit({ provider, settlement }) : before
        const next = nextStep(after)
        const how = frozenAt === 0n ? `Frozen at ${timeText(after.frozenAt)}` : `It was frozen at ${timeText(frozenAt)}`
        return {
          document: { settlement, chainId, frozenAt: after.frozenAt, ...sent, next },
          text: `${how}. ${next.text}`,
        }
      }),
    )

import { type Payout, payout, readExit, shareLeftovers } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { lotsTable } from './exit-options.ts'
import { nextStep } from './exit-steps.ts'
import { type AccountOptions, accountOf, addSettlementOption } from './settlement-options.ts'
import { newVerb, type Verb } from './verb.ts'

type PayoutOptions = ChainOptions & AccountOptions

const DESCRIPTION = `Has an account of a frozen venue paid whatever it can be paid now: what was claimed for it, and its share of what is left. What
cannot be paid yet is no error: it says what is next, and when. Anybody may do it; the account's owner is credited. ${SENDER_HELP}`

const STEPS = { payout, leftovers: shareLeftovers } as const

export const payoutCommand: Verb = (run) =>
  addSettlementOption(
    addChainOptions(
      newVerb('payout', DESCRIPTION, [
        'zkclear exit payout --account 7 --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
      ]),
    ),
  )
    .requiredOption('--account <n>', 'index of the account', accountOf)
    .action(
      run(async ({ signal, onProgress, log }, options: PayoutOptions) => {
        const { settlement } = options
        const account = Number(options.account)
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        const read = () => readExit({ provider: signer.provider!, settlement, account })
        const done: ({ step: keyof typeof STEPS } & Payout)[] = []
        let status = await read()
        for (;;) {
          const next = nextStep(status)
          const { step, from } = next
          if ((step !== 'payout' && step !== 'leftovers') || status.time < from!) {
            const rows = done.map(({ step, lots }) => [step, lots] as const)
            const { received, owner } = status.account!
            const table = lotsTable([...rows, ['received in all', received]])
            return {
              document: { settlement, chainId, account, owner, done, received, next },
              text: `${table}\n${next.text}`,
            }
          }
          const paid = await STEPS[step]({ signer, settlement, account, signal, onProgress })
          log.info({ step, transactionHash: paid.transactionHash }, 'paid')
          done.push({ step, ...paid })
          status = await read()
        }
      }),
    )

import { connectReader, readExit } from '../settlement/index.ts'
import { lotsTable } from './exit-options.ts'
import { nextStep } from './exit-steps.ts'
import { type AccountOptions, accountOf, addSettlementOption } from './settlement-options.ts'
import { timeText } from './time-text.ts'
import { newVerb, type Verb } from './verb.ts'

interface ShowOptions extends Pick<AccountOptions, 'settlement'> {
  readonly rpc: string
  readonly account?: bigint
}

const DESCRIPTION = `Shows how far the end of a venue is: whether it can be frozen, the periods of claims and payouts, what was claimed and is
there; and of an account what it claimed, got and is to get, and when. Sends nothing.`

export const showCommand: Verb = (run) =>
  addSettlementOption(
    newVerb('show', DESCRIPTION, [
      'zkclear exit show --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e',
      'zkclear exit show --account 7 --rpc http://127.0.0.1:8545 --settlement 0x... --json',
    ]),
  )
    .requiredOption('--rpc <url>', 'http or https address of a JSON-RPC node')
    .option('--account <n>', 'index of an account', accountOf)
    .action(
      run(async (_, { rpc, settlement, account }: ShowOptions) => {
        using connection = await connectReader({ rpcUrl: rpc })
        const { provider } = connection
        const asked = account === undefined ? {} : { account: Number(account) }
        const status = await readExit({ provider, settlement, ...asked })
        const next = nextStep(status)
        const { pools, begins, frozenAt, account: own } = status
        const rows: (readonly [string, readonly bigint[]])[] = [
          ['vault', pools.map(({ vault }) => vault)],
          ['claimed in time, by all', pools.map(({ claims }) => claims)],
          ['claimed late, by all', pools.map(({ late }) => late)],
        ]
        if (own !== undefined) {
          rows.push([`claimed by account ${own.index}`, own.claimed], ['received', own.received])
          if (own.payout !== undefined) rows.push(['payout to come', own.payout.lots])
          if (own.leftovers !== undefined) rows.push(['leftovers to come, as it stands', own.leftovers.lots])
        }
        if (own !== undefined) rows.push([`credit of ${own.owner}`, own.credit])
        const periods =
          begins === undefined
            ? []
            : [
                `frozen ${timeText(frozenAt)}; claims from ${timeText(begins.CLAIMS)}, payouts from ${timeText(begins.PAYOUT)}, leftovers from ${timeText(begins.LEFTOVERS)}`,
              ]
        return {
          document: { settlement, ...status, next },
          text: [lotsTable(rows), ...periods, next.text].join('\n'),
        }
      }),
    )

import type { ProfileName } from '../protocol/shape.ts'
import { readExit, tellRiskTable } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { profileOption } from './options.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { readRiskTable } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface RiskTellOptions extends ChainOptions, SettlementOption {
  readonly risk: string
  readonly profile: ProfileName
}

const DESCRIPTION = `Tells on chain what a risk table consists of that was posted without its words. Whoever leaves a dead venue needs those of the
last batch's table. Anybody may tell them, at any time; what does not hash to the table's commitment is passed over by whoever
reads it. ${SENDER_HELP}`

export const riskTellCommand: Verb = (run) =>
  addSettlementOption(
    addChainOptions(
      newVerb('tell', DESCRIPTION, [
        'zkclear risk tell --risk risk.json --rpc http://127.0.0.1:8545 --settlement 0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6',
      ]),
    ),
  )
    .requiredOption('--risk <file>', 'risk table')
    .addOption(profileOption())
    .action(
      run(async ({ signal, onProgress }, { settlement, risk, profile, ...options }: RiskTellOptions) => {
        const table = await readRiskTable(risk, profile)
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        const { riskRoot: used } = await readExit({ provider: signer.provider!, settlement })
        const told = await tellRiskTable({ signer, settlement, table, signal, onProgress })
        const { riskRoot, transactionHash, blockNumber, gasUsed } = told
        const isUsed = riskRoot === used
        const what = isUsed ? 'that of the last batch' : `not that of the last batch, which is ${used}`
        return {
          document: { settlement, chainId, isUsed, ...told },
          text: `${tableText(['transaction', 'block', 'gas'], [[transactionHash, blockNumber, gasUsed]])}\nrisk root ${riskRoot}, ${what}`,
        }
      }),
    )

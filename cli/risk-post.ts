import { leastLimits } from '../protocol/market-limits.ts'
import { checkRiskTable } from '../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { postRiskTable } from '../settlement/index.ts'
import { addChainOptions, type ChainOptions, connectSender, SENDER_HELP } from './chain-options.ts'
import { profileOption } from './options.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { tableText } from './table.ts'
import { readRiskTable } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

interface RiskPostOptions extends ChainOptions, SettlementOption {
  readonly risk: string
  readonly profile: ProfileName
}

const DESCRIPTION = `Posts a risk table: its commitment, the time that it speaks of, and its words. The table is checked before, for whatever the
contract cannot see. Proofs made at one of the seven tables before it can still be settled. ${SENDER_HELP}
The sender must be the risk publisher.`

export const riskPostCommand: Verb = (run) =>
  addSettlementOption(
    addChainOptions(
      newVerb('post', DESCRIPTION, [
        'zkclear risk post --risk risk.json --rpc http://127.0.0.1:8545 --settlement 0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6',
      ]),
    ),
  )
    .requiredOption('--risk <file>', 'risk table')
    .addOption(profileOption())
    .action(
      run(async ({ signal, onProgress }, { settlement, risk, profile, ...options }: RiskPostOptions) => {
        const table = await readRiskTable(risk, profile)
        checkRiskTable(table, leastLimits(table), venueShape(profile))
        using connection = await connectSender(options)
        const { signer, chainId } = connection
        const posted = await postRiskTable({ signer, settlement, table, signal, onProgress })
        const { transactionHash, blockNumber, gasUsed, riskRoot } = posted
        const { asOf } = table
        const text = tableText(['transaction', 'block', 'gas'], [[transactionHash, blockNumber, gasUsed]])
        return { document: { settlement, chainId, asOf, ...posted }, text: `${text}\nrisk root ${riskRoot}` }
      }),
    )

import { riskParametersGroup } from './risk-parameters.ts'
import { riskPostCommand } from './risk-post.ts'
import { riskTellCommand } from './risk-tell.ts'
import { riskUpdateCommand } from './risk-update.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `What the risk publisher does: post tables of prices and margins (docs/protocol.md#risk-table), which batches are made at; and what
anybody may: tell again what a table consists of, and read the parameters by which tables are to be made.`

export const verb: Verb = newGroup('risk', DESCRIPTION, {
  examples: [
    'zkclear risk post --risk risk.json --rpc http://127.0.0.1:8545 --settlement 0x2279B7A0a67DB372996a5FaB50D91eAA73d2eBe6',
  ],
  commands: [riskUpdateCommand, riskPostCommand, riskTellCommand, riskParametersGroup],
})

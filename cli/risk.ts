import { riskParametersGroup } from './risk-parameters.ts'
import { riskTableCommand } from './risk-table.ts'
import { riskUpdateCommand } from './risk-update.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `Tables of prices and margins (docs/protocol.md#risk-table), which batches are made at: makes the next one, proves it and brings it
to the chain, as anybody may; computes from the chain what the newest consists of; and reads the parameters by which they are
made.`

export const verb: Verb = newGroup('risk', DESCRIPTION, {
  examples: [
    'zkclear risk update --report http://127.0.0.1:9477/report b.json c.json --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --out proof.json --snapshot-out table.json',
  ],
  commands: [riskUpdateCommand, riskTableCommand, riskParametersGroup],
})

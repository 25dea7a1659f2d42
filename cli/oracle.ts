import { oracleKeysCommand } from './oracle-keys.ts'
import { oracleServeCommand } from './oracle-serve.ts'
import { oracleSignCommand } from './oracle-sign.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `What an oracle does: sign price reports (docs/protocol.md#oracle-reports), from which risk tables are made, and hand them to
whoever asks.`

export const verb: Verb = newGroup('oracle', DESCRIPTION, {
  examples: [
    'zkclear oracle keys --out oracle-key.txt',
    'zkclear oracle serve --prices prices.json --feed-set 1 --key-file oracle-key.txt',
  ],
  commands: [oracleKeysCommand, oracleSignCommand, oracleServeCommand],
})

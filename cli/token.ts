import { tokenCreateCommand } from './token-create.ts'
import { tokenListCommand } from './token-list.ts'
import { tokenRevokeCommand } from './token-revoke.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `Tokens of a venue's workers and operators: makes them, lists them and takes them back. They are in the venue's database, which may be
in use meanwhile.`

export const verb: Verb = newGroup('token', DESCRIPTION, {
  examples: [
    'zkclear token create --data venue --scope worker --name "machine 2" --out worker-token.txt',
    'zkclear token list --data venue',
  ],
  commands: [tokenCreateCommand, tokenListCommand, tokenRevokeCommand],
})

import { keysEraseCommand } from './keys-erase.ts'
import { keysForgetCommand } from './keys-forget.ts'
import { keysMakeCommand } from './keys-make.ts'
import { keysRotateCommand } from './keys-rotate.ts'
import { keysShowCommand } from './keys-show.ts'
import { keysGasCommand, keysOperatorCommand } from './keys-signing.ts'
import { newGroup } from './verb.ts'

const DESCRIPTION = `The keys of a venue that "zkclear serve" runs: the operator's, which signs the settlements, that of the log, and those that everything
stored is sealed under. They are in one file, the key store, which only its owner can read.`

export const verb = newGroup('keys', DESCRIPTION, {
  examples: [
    'zkclear keys make --out keys.json --private-key-file operator.txt',
    'zkclear keys show --key-store keys.json',
  ],
  commands: [
    ...[keysMakeCommand, keysShowCommand, keysOperatorCommand, keysGasCommand],
    ...[keysRotateCommand, keysForgetCommand, keysEraseCommand],
  ],
})

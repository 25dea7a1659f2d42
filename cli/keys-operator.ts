import { addOperator, forgetOperator } from '../service/keys/key-store.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { publicKeys, publicKeysText } from './keys-text.ts'
import { addressOf } from './options.ts'
import { PRIVATE_KEY, PRIVATE_KEY_FORM, readPrivateKey } from './private-key.ts'
import { newVerb, type Verb } from './verb.ts'

interface KeysOperatorOptions extends KeyStoreOption {
  readonly privateKeyFile?: string
  readonly forget?: string
}

const DESCRIPTION = `Adds the key of another operator to a key store: that in --private-key-file or in the environment variable ${PRIVATE_KEY}, or else a new
one. The venue signs as the operator that the contract names when it starts. So add the key before the governor proposes its address,
and start the venue again once the change is made. --forget destroys the key of an operator that is not one any more.`

export const keysOperatorCommand: Verb = (run) =>
  newVerb('operator', DESCRIPTION, [
    'zkclear keys operator --key-store keys.json --private-key-file next.txt',
    'zkclear keys operator --key-store keys.json --forget 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  ])
    .addOption(keyStoreOption())
    .option('--private-key-file <file>', `file with the operator's private key: ${PRIVATE_KEY_FORM}`)
    .option('--forget <address>', 'destroys the key of that operator instead', addressOf('--forget'))
    .action(
      run(async (_, { keyStore, privateKeyFile, forget }: KeysOperatorOptions) => {
        const store =
          forget === undefined
            ? await addOperator(keyStore, await readPrivateKey(privateKeyFile))
            : await forgetOperator(keyStore, forget)
        const keys = publicKeys(store)
        return { document: { keyStore, ...keys }, text: `${publicKeysText(keys)}\nkeep a copy of the file` }
      }),
    )

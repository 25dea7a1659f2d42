import { addSigningKey, forgetSigningKey, type Role } from '../service/keys/key-store.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { publicKeys, publicKeysText } from './keys-text.ts'
import { addressOf } from './options.ts'
import { PRIVATE_KEY, PRIVATE_KEY_FORM, readPrivateKey } from './private-key.ts'
import { newVerb, type Verb } from './verb.ts'

interface SigningOptions extends KeyStoreOption {
  readonly privateKeyFile?: string
  readonly forget?: string
}

const OPERATOR = `Adds the key of another operator to a key store: that in --private-key-file or in the environment variable ${PRIVATE_KEY}, or else a new
one. The venue signs as the operator that the contract names when it starts. So add the key before the governor proposes its address,
and start the venue again once the change is made. --forget destroys the key of an operator that is not one any more.`

const GAS = `Adds the key of an address that pays for settlements, which the operator then only signs: that in --private-key-file or in the environment
variable ${PRIVATE_KEY}, or else a new one. The newest sends, from the venue's next start on. Pay in first. What one that is not the newest
still has is to be moved before --forget destroys its key.`

const FORGET_EXAMPLE = '--forget 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'

export const keysOperatorCommand = signingCommand('operator', 'operators', OPERATOR)
export const keysGasCommand = signingCommand('gas', 'gas', GAS)

function signingCommand(name: string, role: Role, description: string): Verb {
  return (run) =>
    newVerb(name, description, [
      `zkclear keys ${name} --key-store keys.json --private-key-file next.txt`,
      `zkclear keys ${name} --key-store keys.json ${FORGET_EXAMPLE}`,
    ])
      .addOption(keyStoreOption())
      .option('--private-key-file <file>', `file with the private key: ${PRIVATE_KEY_FORM}`)
      .option('--forget <address>', 'destroys the key of that address instead', addressOf('--forget'))
      .action(
        run(async (_, { keyStore, privateKeyFile, forget }: SigningOptions) => {
          const store =
            forget === undefined
              ? await addSigningKey(keyStore, role, await readPrivateKey(privateKeyFile))
              : await forgetSigningKey(keyStore, role, forget)
          const keys = publicKeys(store)
          return { document: { keyStore, ...keys }, text: `${publicKeysText(keys)}\nkeep a copy of the file` }
        }),
      )
}

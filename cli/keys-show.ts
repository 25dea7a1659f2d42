import { readKeyStore } from '../service/keys/key-store.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { publicKeys, publicKeysText } from './keys-text.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Shows what is public of a key store: the operator's address, and the sealing keys by version and fingerprint.`

export const keysShowCommand: Verb = (run) =>
  newVerb('show', DESCRIPTION, ['zkclear keys show --key-store keys.json --json'])
    .addOption(keyStoreOption())
    .action(
      run(async (_, { keyStore }: KeyStoreOption) => {
        const keys = publicKeys(await readKeyStore(keyStore))
        return { document: { keyStore, ...keys }, text: publicKeysText(keys) }
      }),
    )

import { rotateKeyStore } from '../service/keys/key-store.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { publicKeys, publicKeysText } from './keys-text.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Adds a new sealing key to a key store. With its next start the venue wraps all its data keys under it; the data themselves stay as
they are. Earlier sealing keys stay in the file, for backups that need them, until "zkclear keys forget" destroys them. Keep a
copy of the file again.`

export const keysRotateCommand: Verb = (run) =>
  newVerb('rotate', DESCRIPTION, ['zkclear keys rotate --key-store keys.json'])
    .addOption(keyStoreOption())
    .action(
      run(async (_, { keyStore }: KeyStoreOption) => {
        const keys = publicKeys(await rotateKeyStore(keyStore))
        const advice = 'start the venue again to use the new sealing key, and keep a copy of the file'
        return { document: { keyStore, ...keys }, text: `${publicKeysText(keys)}\n${advice}` }
      }),
    )

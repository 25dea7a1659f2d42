import { makeKeyStore } from '../service/keys/key-store.ts'
import { publicKeys, publicKeysText } from './keys-text.ts'
import { PRIVATE_KEY, PRIVATE_KEY_FORM, readPrivateKey } from './private-key.ts'
import { newVerb, type Verb } from './verb.ts'

interface KeysMakeOptions {
  readonly out: string
  readonly privateKeyFile?: string
}

const DESCRIPTION = `Makes a key store: with the operator's private key in --private-key-file or in the environment variable ${PRIVATE_KEY}, or else a
new one, and with a first sealing key. Keep a copy of the file somewhere else than the venue's data: who loses it loses the
journal, and with that the venue.`

export const keysMakeCommand: Verb = (run) =>
  newVerb('make', DESCRIPTION, [
    'zkclear keys make --out keys.json --private-key-file operator.txt',
    'zkclear keys make --out keys.json --json',
  ])
    .requiredOption('--out <file>', 'the key store, which must not exist')
    .option('--private-key-file <file>', `file with the operator's private key: ${PRIVATE_KEY_FORM}`)
    .action(
      run(async (_, { out, privateKeyFile }: KeysMakeOptions) => {
        const keys = publicKeys(await makeKeyStore(out, await readPrivateKey(privateKeyFile)))
        const advice = `the keys are in ${out}; keep a copy somewhere else than the data of the venue`
        return { document: { out, ...keys }, text: `${publicKeysText(keys)}\n${advice}` }
      }),
    )

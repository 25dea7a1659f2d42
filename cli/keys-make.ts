import process from 'node:process'
import { makeKeyStore } from '../service/keys/key-store.ts'
import { PRIVATE_KEY } from './chain-options.ts'
import { publicKeys, publicKeysText } from './keys-text.ts'
import { readSecret } from './secret.ts'
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
    .option('--private-key-file <file>', "file with the operator's private key: 0x and 64 hex digits")
    .action(
      run(async (_, { out, privateKeyFile }: KeysMakeOptions) => {
        const operator =
          privateKeyFile === undefined
            ? process.env[PRIVATE_KEY] && (await readSecret({ env: PRIVATE_KEY }))
            : await readSecret({ file: privateKeyFile })
        const keys = publicKeys(await makeKeyStore(out, operator || undefined))
        const advice = `the keys are in ${out}; keep a copy somewhere else than the data of the venue`
        return { document: { out, ...keys }, text: `${publicKeysText(keys)}\n${advice}` }
      }),
    )

import { resolve } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'
import { makeKeyStore, makeTokenStore } from '../service/keys/key-store.ts'
import { publicKeys, publicKeysText } from './keys-text.ts'
import { PRIVATE_KEY, PRIVATE_KEY_FORM, readPrivateKey } from './private-key.ts'
import { newVerb, type Verb } from './verb.ts'

interface KeysMakeOptions {
  readonly out: string
  readonly privateKeyFile?: string
  readonly pkcs11Module?: string
  readonly token?: string
  readonly pinFile?: string
}

const DESCRIPTION = `Makes a key store: with the operator's private key in --private-key-file or in the environment variable ${PRIVATE_KEY}, or else a
new one, with a key for the log, and with a first sealing key. Keep a copy of the file somewhere else than the venue's data: who loses it loses the
journal, and with that the venue. With --pkcs11-module, --token and --pin-file the keys are made in a PKCS#11 token, and never leave it; the
file says which token that is. What is copied then is the token, in the way of its maker.`

export const keysMakeCommand: Verb = (run) =>
  newVerb('make', DESCRIPTION, [
    'zkclear keys make --out keys.json --private-key-file operator.txt',
    'zkclear keys make --out keys.json --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --token venue --pin-file pin.txt',
  ])
    .requiredOption('--out <file>', 'the key store, which must not exist')
    .option('--private-key-file <file>', `file with the operator's private key: ${PRIVATE_KEY_FORM}`)
    .option('--pkcs11-module <file>', "PKCS#11 library of the token's maker")
    .option('--token <label>', 'label of the token')
    .option(
      '--pin-file <file>',
      "file with the PIN of the token's user, which only its owner can read; it stays where it is",
    )
    .action(
      run(async (_, options: KeysMakeOptions) => {
        const { out } = options
        const place = placeOf(options)
        const operator = await readPrivateKey(options.privateKeyFile)
        const store =
          place === undefined ? await makeKeyStore(out, operator) : await makeTokenStore(out, place, operator)
        const keys = publicKeys(store)
        const where = place === undefined ? out : `the token ${place.token}, and ${out} names them`
        const advice = `the keys are in ${where}; keep a copy somewhere else than the data of the venue`
        return { document: { out, ...keys }, text: `${publicKeysText(keys)}\n${advice}` }
      }),
    )

/** Paths as they hold wherever a command is run. */
function placeOf({ pkcs11Module, token, pinFile }: KeysMakeOptions) {
  const given = [pkcs11Module, token, pinFile].filter((one) => one !== undefined)
  if (given.length === 0) return undefined
  if (pkcs11Module === undefined || token === undefined || pinFile === undefined) {
    const message = 'give --pkcs11-module, --token and --pin-file together, or none of them'
    throw new ZkclearError('INPUT_INVALID', message, { path: '--pkcs11-module' })
  }
  return { module: resolve(pkcs11Module), token, pinFile: resolve(pinFile) }
}

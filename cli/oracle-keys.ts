import { randomBytes } from 'node:crypto'
import { access } from 'node:fs/promises'
import { ZkclearError } from '../protocol/errors.ts'
import { tradingKey } from '../protocol/signature.ts'
import { KEY_HELP, readOracleKey } from './oracle-key.ts'
import { openOutputFile } from './output-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface OracleKeysOptions {
  readonly out?: string
  readonly keyFile?: string
}

const DESCRIPTION = `Makes an oracle's key, in a file that only its owner can read, or shows what is public of one: x and y, as risk parameters name an
oracle. ${KEY_HELP}`

export const oracleKeysCommand: Verb = (run) =>
  newVerb('keys', DESCRIPTION, [
    'zkclear oracle keys --out oracle-key.txt',
    'zkclear oracle keys --key-file oracle-key.txt --json',
  ])
    .option('--out <file>', 'make a new key, in this file, which must not exist')
    .option('--key-file <file>', "file with the oracle's private key")
    .action(
      run(async (_, { out, keyFile }: OracleKeysOptions) => {
        const key = tradingKey(out === undefined ? await readOracleKey(keyFile) : await makeKey(out, keyFile))
        const made = out === undefined ? '' : `a new key is in ${out}; its public part is\n`
        return { document: { ...key, out }, text: `${made}x ${key.x}\ny ${key.y}` }
      }),
    )

async function makeKey(out: string, keyFile: string | undefined): Promise<Uint8Array> {
  if (keyFile !== undefined) {
    throw new ZkclearError('INPUT_INVALID', 'makes a new key, and --key-file names one; give one of the two', {
      path: '--out',
    })
  }
  const isThere = await access(out).then(
    () => true,
    () => false,
  )
  if (isThere) {
    throw new ZkclearError('OUTPUT_UNWRITABLE', 'is there already, and a key is not replaced; name another file', {
      path: out,
    })
  }
  await using file = await openOutputFile(out, { isPrivate: true })
  const key = randomBytes(32)
  await file.commit(`${key.toString('hex')}\n`)
  return key
}

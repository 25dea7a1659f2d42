import { join } from 'node:path'
import { exit } from '../circuits/exit/index.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { createProver } from '../prover/index.ts'
import { describeBackend } from '../prover/select-backend.ts'
import { proofDocument } from '../verifier/proof-document.ts'
import { lotsTable } from './exit-options.ts'
import { jsonText } from './json-text.ts'
import { addKeyOptions, type KeyOptions } from './options.ts'
import { openOutputFile } from './output-file.ts'
import { named, readJson } from './read-file.ts'
import { EXIT_FILE } from './recovery-directory.ts'
import { newVerb, type Verb } from './verb.ts'

interface ProveOptions extends KeyOptions {
  readonly recovery: string
  readonly out: string
}

const DESCRIPTION = `Proves what an account is owed, from what "zkclear recover" wrote. The proof says which account it is and how many lots of
each asset it is owed, and nothing else of it. It is verified before it is written.`

export const proveCommand: Verb = (run) =>
  addKeyOptions(newVerb('prove', DESCRIPTION, ['zkclear exit prove --recovery mine --out claim.json']))
    .requiredOption('--recovery <dir>', 'the directory that "zkclear recover" wrote')
    .requiredOption('--out <file>', "the proof's file")
    .action(
      run(async ({ signal, onProgress, warn }, options: ProveOptions) => {
        const input = join(options.recovery, EXIT_FILE)
        const json = await readJson(input, 'json')
        const profile = venueShape(String((Object(json) as { profile?: unknown }).profile)).name as ProfileName
        const { statement, witness } = await named(input, () => exit.readJob!(json, profile))
        await using file = await openOutputFile(options.out)
        await using prover = await createProver({
          ...options,
          profile,
          circuits: ['exit'],
          signal,
          onProgress,
          onWarning: warn,
        })
        const proved = await prover.prove('exit', statement, witness, { signal, onProgress })
        await file.commit(jsonText(proofDocument(proved, profile)))
        const { out } = options
        const { account, claim } = proved.statement
        return {
          document: {
            input,
            out,
            profile,
            statement: proved.statement,
            timings: proved.timings,
            backend: prover.backend,
          },
          text: `${lotsTable([[`account ${account} is owed`, claim]])}\n${describeBackend(prover.backend)}\nNext: "zkclear exit claim --proof ${out}".`,
        }
      }),
    )

import { CIRCUITS } from '../circuits/index.ts'
import { exportCeremony } from '../keys/ceremony/index.ts'
import {
  addDirectoryOption,
  addSourceOptions,
  ceremonySources,
  type DirectoryOption,
  type SourceOptions,
} from './ceremony-options.ts'
import { verifiedDocument, verifiedTable } from './ceremony-verify.ts'
import { openOutputDirectory } from './output-directory.ts'
import { newVerb, type Verb } from './verb.ts'

interface ExportOptions extends DirectoryOption, SourceOptions {
  readonly out: string
}

const DESCRIPTION = `Verifies a finished ceremony, puts its keys into the build directory and writes the verifier contracts, whose headers
name the transcript's digest and the number of contributions. With --ceremony DIGEST, all commands then use these keys,
on any chain.`

export const exportCommand: Verb = (run) =>
  addSourceOptions(
    addDirectoryOption(
      newVerb('export', DESCRIPTION, [
        'zkclear ceremony export --dir ceremony --ptau powersOfTau28_hez_final_16.ptau --out verifiers',
      ]),
    ),
  )
    .requiredOption('--out <dir>', 'a new or empty directory for the verifier contracts')
    .action(
      run(async ({ signal, onProgress }, options: ExportOptions) => {
        await using out = await openOutputDirectory(options.out)
        const exported = await exportCeremony({
          ...ceremonySources(options),
          directory: options.dir,
          definitions: CIRCUITS,
          signal,
          onProgress,
        })
        for (const [name, source] of Object.entries(exported.verifiers)) await out.write(`${name}.sol`, source)
        await out.commit()
        const artifacts = exported.artifacts.map(({ circuit, keyDirectory }) => ({ circuit, directory: keyDirectory }))
        const verifiers = Object.keys(exported.verifiers).map((name) => `${name}.sol`)
        const lines = [
          verifiedTable(exported),
          ...artifacts.map(({ circuit, directory }) => `${circuit}: ${directory}`),
          `${options.out}: ${verifiers.join(', ')}`,
          `Use these keys with --ceremony ${exported.digest}`,
        ]
        return {
          document: { ...verifiedDocument(exported), artifacts, out: options.out, verifiers },
          text: lines.join('\n'),
        }
      }),
    )

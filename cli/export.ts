import type { CircuitName } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { loadArtifacts } from '../keys/load.ts'
import { readVerifierKey, verifierSources } from '../settlement/index.ts'
import {
  type ArtifactOptions,
  addArtifactOptions,
  CIRCUIT_HELP,
  type ProofSystemOptions,
  parseCircuit,
  proofSystemOption,
} from './options.ts'
import { openOutputFile } from './output-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface ExportOptions extends ArtifactOptions, ProofSystemOptions {
  readonly out: string
}

const DESCRIPTION = `Writes the Solidity verifier of a circuit's key. Its header names the key and how it came about.
The verifier of a dev key refuses every chain but the local ones (31337 and 1337).`

export const verb: Verb = (run) =>
  addArtifactOptions(
    newVerb('export', DESCRIPTION, [
      'zkclear export margin-sufficiency --out contracts/verifiers/MarginSufficiencyVerifier.sol',
      'zkclear export margin-sufficiency --proof-system plonk --out MarginSufficiencyPlonkVerifier.sol',
    ]).argument('<circuit>', CIRCUIT_HELP, parseCircuit),
  )
    .requiredOption('--out <file>', 'the Solidity file')
    .addOption(proofSystemOption())
    .action(
      run(async ({ log }, name: CircuitName, options: ExportOptions) => {
        const { profile, proofSystem, out } = options
        await using file = await openOutputFile(out)
        const key = await readVerifierKey(await loadArtifacts(requireCircuit(name), profile, options))
        const [[contract, source]] = Object.entries(await verifierSources([key])) as [[string, string]]
        await file.commit(source)
        const { setup, digest } = key
        log.info({ out, contract, key: digest }, 'exported')
        return {
          document: { circuit: name, profile, proofSystem, contract, setup, key: digest, out },
          text: `${contract} (${setup} key ${digest}): ${out}`,
        }
      }),
    )

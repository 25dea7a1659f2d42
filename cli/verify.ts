import { type CircuitName, requireProofSystem } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { loadArtifacts } from '../keys/load.ts'
import { verify } from '../verifier/index.ts'
import { EXIT } from './exit-codes.ts'
import {
  type ArtifactOptions,
  addArtifactOptions,
  CIRCUIT_HELP,
  type ProofSystemOptions,
  parseCircuit,
  proofSystemOption,
} from './options.ts'
import { type ProofFiles, readProofFiles } from './proof-file.ts'
import { readJson } from './read-file.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface VerifyOptions extends ArtifactOptions, ProofSystemOptions, ProofFiles {
  readonly vkey?: string
}

const DESCRIPTION = `Checks a proof: ends with 0 if it proves its statement, with 1 if it does not.
The statement is the one in the proof's file, unless --statement gives the one that you expect. A bare proof, as snarkjs or
rapidsnark write it, comes with its public inputs in public.json beside it.`

export const verb: Verb = (run) =>
  addArtifactOptions(
    newVerb('verify', DESCRIPTION, [
      'zkclear verify trade-batch --proof proof.json',
      'zkclear verify margin-sufficiency --proof proof.json --statement expected.json --vkey vkey.json',
      'zkclear verify margin-sufficiency --proof rapidsnark/proof.json --statement rapidsnark/public.json',
    ]).argument('<circuit>', CIRCUIT_HELP, parseCircuit),
  )
    .requiredOption('--proof <file>', 'what "zkclear prove" wrote, or a bare proof')
    .option(
      '--statement <file>',
      "what you expect: as in the proof's file, or the public inputs in order; decimal strings",
    )
    .addOption(proofSystemOption())
    .option('--vkey <file>', 'verification key (default: that of the compiled circuit)')
    .action(
      run(async ({ log }, name: CircuitName, options: VerifyOptions) => {
        const { profile, proofSystem } = options
        requireProofSystem(requireCircuit(name), proofSystem)
        const { proof, statement } = await readProofFiles(options, { circuit: name, profile, proofSystem })
        const file = options.vkey ?? (await loadArtifacts(requireCircuit(name), profile, options)).files.vkey
        log.info({ vkey: file }, 'verification key')
        const vkey = await readJson(file, 'proof')
        const valid = await verify(requireCircuit(name) as CircuitDefinition, proof, statement, { vkey })
        const verdict = valid ? 'VALID: this is proved' : 'FALSE: the proof does not prove this'
        return {
          document: { valid, circuit: name, profile, proofSystem, statement },
          text: `${verdict}\n${tableText(['statement', 'value'], statementRows(statement as object))}`,
          code: valid ? EXIT.success : EXIT.false,
        }
      }),
    )

/** Longest list that is shown whole. */
const SHOWN = 4

/** A list of many numbers is told by its ends: a cell of a hundred words is no use to anybody. */
function statementRows(statement: object): [string, unknown][] {
  return Object.entries(statement).map(([name, value]) => {
    if (!Array.isArray(value) || value.length <= SHOWN) return [name, value]
    return [name, `${value.length} words: ${value[0]}, ..., ${value.at(-1)} (--json shows all)`]
  })
}

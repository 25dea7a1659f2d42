import { readFile } from 'node:fs/promises'
import type { CircuitDefinition } from '../../circuits/types.ts'
import { type CircuitArtifacts, loadArtifacts } from '../../keys/load.ts'
import type { ArtifactSelection } from '../../keys/selection.ts'
import { parseJson } from '../../protocol/json.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { type VerificationKey, vetVerificationKey } from '../../verifier/index.ts'
import { sha256 } from './digest.ts'

/** A circuit whose statements are proved by workers. */
export interface ServedCircuit {
  readonly definition: CircuitDefinition
  readonly profile: ProfileName
  /** sha256 in hex over all that a worker and we must have in common: constraints, verification key, layout of the input. */
  readonly digest: string
  /** sha256 of the verification key, in hex. */
  readonly keyDigest: string
  readonly vkey: VerificationKey
  /** What a process takes that proves one statement, in bytes, at most; with snarkjs it takes more. */
  readonly memory: number
}

/** A circuit as it is built here, Groth16. Throws ARTIFACT_MISSING, ARTIFACT_CORRUPT, KEY_UNSAFE. */
export async function loadServedCircuit(
  definition: CircuitDefinition,
  profile: ProfileName,
  selection: ArtifactSelection = {},
): Promise<ServedCircuit> {
  const artifacts = await loadArtifacts(definition, profile, selection)
  const { files } = artifacts.manifest
  const vkey = await vetVerificationKey(parseJson(await readFile(artifacts.files.vkey, 'utf8')), definition)
  const keyDigest = files['vkey.json'].sha256
  const layout = Object.entries(definition.inputShapes(profile))
  const common = [definition.name, profile, files['circuit.r1cs'].sha256, keyDigest, definition.publicSignals, layout]
  const digest = sha256(JSON.stringify(common)).toString('hex')
  return { definition, profile, digest, keyDigest, vkey, memory: memoryOf(artifacts) }
}

/** Of Node with the library, in bytes. */
const PROCESS_BYTES = 256 << 20

/** The bound of docs/native-prover.md for one proof, with the key and the process. */
function memoryOf({ manifest: { files, signals, constraints, publicInputs } }: CircuitArtifacts): number {
  const domain = 2 ** Math.ceil(Math.log2(constraints.total + publicInputs.length + 1))
  return PROCESS_BYTES + files['circuit.zkey'].bytes + 86 * signals + 216 * domain
}

import type { CircuitDefinition } from '../circuits/types.ts'
import { loadArtifacts } from '../keys/load.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { verify } from '../verifier/verify.ts'
import type { KeyOptions } from './options.ts'
import type { ProofFile } from './proof-file.ts'
import { readJson } from './read-file.ts'

/** Checks the proof under the key that the options name; whether it is that of the contracts, the contracts say. */
export async function requireProof<Statement>(
  circuit: CircuitDefinition<string, Statement>,
  { profile, proof, statement }: ProofFile,
  path: string,
  options: KeyOptions,
): Promise<void> {
  const { files } = await loadArtifacts(circuit as CircuitDefinition, profile, options)
  const vkey = await readJson(files.vkey, 'proof')
  if (await verify(circuit, proof, statement as Statement, { vkey })) return
  const message = `the proof in ${path} does not prove its statement under ${files.vkey}; nothing was sent. Prove it again, or name the keys that it was proved under`
  throw new ZkclearError('PROOF_INVALID', message)
}

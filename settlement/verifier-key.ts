import { readFile } from 'node:fs/promises'
import type { ProofSystem } from '../circuits/proof-systems.ts'
import { requireCircuit } from '../circuits/registry.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import type { CircuitArtifacts } from '../keys/load.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { parseJson } from '../protocol/json.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { soliditySource, verifierContractName } from '../verifier/solidity.ts'

/** A circuit's verification key with what a deployer must know about it. */
export interface VerifierKey {
  readonly definition: Pick<CircuitDefinition, 'name' | 'template' | 'publicSignals'>
  /** The profile that the key is for: how many words its batches have hangs on it. */
  readonly profile: ProfileName
  /** Default: Groth16. */
  readonly proofSystem?: ProofSystem
  /** The key in snarkjs's JSON form; vetted before anything is made of it. */
  readonly verificationKey: unknown
  /** sha256 of the key's file, in hex. */
  readonly digest: string
  readonly setup: 'dev' | 'ceremony'
  /** Required for a ceremony key; its verifier's header names it. */
  readonly ceremony?: { readonly digest: string; readonly contributions: number } | undefined
}

/** The verification key among artifacts that were loaded. Throws CIRCUIT_UNKNOWN, ARTIFACT_CORRUPT. */
export async function readVerifierKey({
  circuit: name,
  profile,
  files,
  manifest,
}: CircuitArtifacts): Promise<VerifierKey> {
  const definition = requireCircuit(name)
  try {
    const verificationKey: unknown = parseJson(await readFile(files.vkey, 'utf8'))
    const { proofSystem, setup, ceremony } = manifest
    const digest = manifest.files['vkey.json'].sha256
    return { definition, profile, proofSystem, verificationKey, digest, setup, ceremony }
  } catch (cause) {
    throw new ZkclearError('ARTIFACT_CORRUPT', `cannot read ${files.vkey}; run "zkclear build"`, { cause })
  }
}

/** Sources of the keys' verifiers by contract name. Throws KEY_UNSAFE and ARTIFACT_CORRUPT as `vetVerificationKey` does. */
export async function verifierSources(keys: readonly VerifierKey[]): Promise<Record<string, string>> {
  const sources = keys.map(async (key) => [
    verifierContractName(key.definition, key.proofSystem),
    await soliditySource(key.definition, key.verificationKey, key),
  ])
  return Object.fromEntries(await Promise.all(sources))
}

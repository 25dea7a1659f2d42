import type { CircuitDefinition } from '../circuits/types.ts'
import { soliditySource, verifierContractName } from '../verifier/solidity.ts'

/** A circuit's verification key with what a deployer must know about it. */
export interface VerifierKey {
  readonly definition: Pick<CircuitDefinition, 'name' | 'template' | 'publicSignals'>
  /** The key in snarkjs's JSON form; vetted before anything is made of it. */
  readonly verificationKey: unknown
  /** sha256 of the key's file, in hex. */
  readonly digest: string
  readonly setup: 'dev' | 'ceremony'
}

/** Sources of the keys' verifiers by contract name. Throws KEY_UNSAFE and ARTIFACT_CORRUPT as `vetVerificationKey` does. */
export async function verifierSources(keys: readonly VerifierKey[]): Promise<Record<string, string>> {
  const sources = keys.map(async (key) => [
    verifierContractName(key.definition),
    await soliditySource(key.definition, key.verificationKey, key),
  ])
  return Object.fromEntries(await Promise.all(sources))
}

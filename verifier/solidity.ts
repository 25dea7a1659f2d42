import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { groth16Contract } from './groth16-contract.ts'
import { kzgContract } from './kzg/contract.ts'
import { vetKzgKey } from './kzg/key.ts'
import { vetVerificationKey } from './verification-key.ts'

export interface SoliditySourceOptions {
  /** Default: Groth16. */
  proofSystem?: ProofSystem | undefined
  /** sha256 of the verification key's file, in hex; it goes into the header comment. */
  digest: string
  /** How the key came about, from the artefacts' manifest. */
  setup: 'dev' | 'ceremony'
  /** Required for ceremony keys: the transcript's sha256 in hex, and how many people contributed. */
  ceremony?: { readonly digest: string; readonly contributions: number } | undefined
}

/** Chains on which dev keys may be used, because nothing there is worth forging a proof for. */
export const LOCAL_CHAIN_IDS: readonly bigint[] = [31337n, 1337n]

/** The name of a circuit's verifier contract: TradeBatchVerifier for the template TradeBatch, TradeBatchPlonkVerifier in PLONK. */
export function verifierContractName(
  { template }: Pick<CircuitDefinition, 'template'>,
  proofSystem: ProofSystem = 'groth16',
): string {
  return `${template}${{ groth16: '', plonk: 'Plonk', fflonk: 'Fflonk' }[proofSystem]}Verifier`
}

/**
 * Solidity source of a circuit's verifier. All have a function `verifyProof` that returns false for whatever is not a proof, and
 * reverts with NotEnoughGas where too little gas would look like one.
 * That of Groth16 keys takes the same arguments as snarkjs's own, so calldata made for those fits; those of PLONK and FFLONK
 * keys take 24 words and the signals. The verifier of a dev key cannot be deployed to a chain that is not local, whatever
 * tool tries: its constructor reverts. `verificationKey` is vetted first, with that function's errors: KEY_UNSAFE,
 * ARTIFACT_CORRUPT. KEY_UNSAFE, too, for a ceremony key without a ceremony that somebody contributed to.
 *
 * @example
 * const { verificationKey, digest, setup } = await readVerifierKey(await loadArtifacts(marginSufficiency, 'small'))
 * const source = await soliditySource(marginSufficiency, verificationKey, { digest, setup })
 */
export async function soliditySource(
  definition: Pick<CircuitDefinition, 'name' | 'template' | 'publicSignals'>,
  verificationKey: unknown,
  { proofSystem = 'groth16', digest, setup, ceremony }: SoliditySourceOptions,
): Promise<string> {
  const name = verifierContractName(definition, proofSystem)
  const parts = { definition, name, guard: setup === 'dev' ? DEV_GUARD : '' }
  const [imports, contract] =
    proofSystem === 'groth16'
      ? [['Groth16'], groth16Contract(await vetVerificationKey(verificationKey, definition), parts)]
      : [['Field', 'IProofErrors'], kzgContract(await vetKzgKey(proofSystem, verificationKey, definition), parts)]
  return `// SPDX-License-Identifier: GPL-3.0-or-later
// Generated from a verification key; do not edit.
// circuit: ${definition.name}
// key: sha256 ${digest}
// setup: ${setupText(definition, setup, ceremony)}
pragma solidity 0.8.37;

${imports.map((name) => `import { ${name} } from "../${name}.sol";`).join('\n')}

${contract}`
}

const DEV_GUARD = `
    /// The secrets of this key are public, so anybody could forge proofs: it is for local chains only.
    error DevKeyOnPublicChain(uint256 chainId);

    constructor() {
        bool local = ${LOCAL_CHAIN_IDS.map((id) => `block.chainid == ${id}`).join(' || ')};
        if (!local) revert DevKeyOnPublicChain(block.chainid);
    }
`

/** The header names the ceremony, so that whoever reads a deployed verifier's source knows which transcript to check. */
function setupText(
  { name }: Pick<CircuitDefinition, 'name'>,
  setup: SoliditySourceOptions['setup'],
  ceremony: SoliditySourceOptions['ceremony'],
): string {
  if (setup === 'dev') return setup
  if (ceremony !== undefined && /^[0-9a-f]{64}$/.test(ceremony.digest) && ceremony.contributions >= 1) {
    return `${setup}\n// ceremony: transcript sha256 ${ceremony.digest}, contributions ${ceremony.contributions}`
  }
  const message = `the key of ${name} names no ceremony that somebody contributed to; export it from one`
  throw new ZkclearError('KEY_UNSAFE', message, { details: { circuit: name } })
}

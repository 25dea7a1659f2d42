import { curves, groth16 } from 'snarkjs'
import { compileCached } from '../../lab/circuits/compile-cached.ts'
import { type Groth16ProofJson, proofFromJson } from '../../verifier/index.ts'
import { product, TOY_SOURCES } from './circuits/index.ts'
import type { VkeyJson } from './noble-verify.ts'
import { snarkjsSetup } from './snarkjs-setup.ts'
import { PRODUCT, productInstance } from './toy-definitions.ts'

export type SnarkjsVkey = VkeyJson & { protocol: string; curve: string; nPublic: number }

/** The circuit `product` with a key and a proof of 15 = 3 * 5 at offset 0, all by snarkjs alone, in seconds. */
export async function snarkjsProductProof() {
  try {
    const files = await compileCached(product, { optimization: 'O2', sourceRoots: TOY_SOURCES })
    const { zkey, vkey, initialVkey } = await snarkjsSetup(files.r1cs)
    const { statement, witness } = productInstance(3n, 5n, 0n)
    const { proof: json } = await groth16.fullProve({ ...statement, ...witness }, files.wasm, zkey)
    const proofJson = json as Groth16ProofJson
    return {
      statement,
      signals: PRODUCT.encodeStatement(statement),
      proof: proofFromJson(proofJson),
      proofJson,
      vkey: vkey as SnarkjsVkey,
      initialVkey: initialVkey as SnarkjsVkey,
    }
  } finally {
    await (await curves.getCurveFromName('bn128')).terminate()
  }
}

/** What snarkjs says about a proof. Ends the threads that snarkjs starts for it. */
export async function verifyWithSnarkjs(vkey: unknown, publicSignals: readonly bigint[], proof: Groth16ProofJson) {
  try {
    return await groth16.verify(vkey, publicSignals.map(String), proof)
  } finally {
    await (await curves.getCurveFromName('bn128')).terminate()
  }
}

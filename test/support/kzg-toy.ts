import { fflonk, plonk } from 'snarkjs'
import { deriveToxicWaste } from '../../keys/dev/toxic-waste.ts'
import { DEFAULT_DEV_SEED } from '../../keys/selection.ts'
import { createProver } from '../../prover/create-prover.ts'
import { type KzgKey, type KzgProof, vetKzgKey, writeProof } from '../../verifier/index.ts'
import type { KzgSystem } from '../../verifier/kzg/shapes.ts'
import { readJson, toyArtifactsIn } from './toy-artifacts.ts'
import { PRODUCT, productInstance } from './toy-definitions.ts'

export const { tau: DEV_TAU } = deriveToxicWaste(DEFAULT_DEV_SEED)

/** The circuit `product` with a dev key of that system and an honest proof of 15 = 3 * 5 at offset 0, in about two seconds. */
export async function kzgToy(system: KzgSystem) {
  await using toys = await toyArtifactsIn(system, [PRODUCT])
  const vkey = (await readJson((await toys.load(PRODUCT)).files.vkey)) as Record<string, unknown>
  const { statement, witness } = productInstance(3n, 5n, 0n)
  await using prover = await createProver({ ...toys.options, definitions: { product: PRODUCT } })
  const { proof } = await prover.prove('product', statement, witness)
  return {
    vkey,
    key: (await vetKzgKey(system, vkey, PRODUCT)) as KzgKey,
    statement,
    signals: PRODUCT.encodeStatement(statement),
    proof: proof as KzgProof,
  }
}

export type KzgToy = Awaited<ReturnType<typeof kzgToy>>

/** What snarkjs says about a proof. Leaves its threads running: end them with `curve_bn128.terminate`. */
export function snarkjsVerdict(vkey: unknown, signals: readonly bigint[], proof: KzgProof | object): Promise<boolean> {
  const json = 'points' in proof ? writeProof(proof) : proof
  const { verify } = { plonk, fflonk }[(json as { protocol: KzgSystem }).protocol]
  // It overwrites parts of the key that it is given.
  return verify(structuredClone(vkey), signals.map(String), json as never)
}

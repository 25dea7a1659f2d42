import type { R1cs } from '../circom/r1cs.ts'

/**
 * Wires of public inputs that no constraint mentions, ascending. Whatever value they get, the same witness satisfies the
 * system: they are no part of what is proved. circom's `--inspect` sees those of the sources; simplification makes more.
 */
export function unusedPublicInputs({ nOutputs, nPublic, wires }: R1cs): number[] {
  const mentioned = new Uint8Array(nPublic + 1)
  for (const wire of wires) if (wire <= nPublic) mentioned[wire] = 1
  const unused: number[] = []
  for (let wire = nOutputs + 1; wire <= nPublic; wire++) if (!mentioned[wire]) unused.push(wire)
  return unused
}

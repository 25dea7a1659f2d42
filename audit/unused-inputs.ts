import type { R1cs } from '../circom/r1cs.ts'
import { mentionedWires } from './mentioned-wires.ts'

/**
 * Wires of public inputs that no constraint mentions, ascending. Whatever value they get, the same witness satisfies the
 * system: they are no part of what is proved. circom's `--inspect` sees those of the sources; simplification makes more.
 */
export function unusedPublicInputs(r1cs: R1cs): number[] {
  const mentioned = mentionedWires(r1cs)
  const unused: number[] = []
  for (let wire = r1cs.nOutputs + 1; wire <= r1cs.nPublic; wire++) if (!mentioned[wire]) unused.push(wire)
  return unused
}

import type { R1cs } from '../../circom/r1cs.ts'
import type { KzgSystem } from '../../verifier/kzg/shapes.ts'

/**
 * At least as many gates as snarkjs makes of a constraint system for PLONK and FFLONK, and rarely more: one for each public
 * signal; for a product, one, and one for every signal beyond the first on each of its three sides; for a sum, which it takes
 * a constraint for if one factor is constant, one for every signal beyond the second. Linear constraints cost too.
 */
export function countGates({ nPublic, nConstraints, offsets, wires }: R1cs): number {
  let gates = nPublic
  for (let constraint = 0; constraint < nConstraints; constraint++) {
    const [a, b, c] = [0, 1, 2].map((side) => {
      let signals = 0
      const row = 3 * constraint + side
      for (let term = offsets[row]!; term < offsets[row + 1]!; term++) if (wires[term] !== 0) signals++
      return signals
    }) as [number, number, number]
    if (a === 0 || b === 0) gates += Math.max(1, a + b + c - 2)
    else gates += a + b + Math.max(1, c) - 2
  }
  return gates
}

/** log2 of the domain for that many gates. FFLONK hides its wires in two rows more. */
export function kzgDomainLog(system: KzgSystem, gates: number): number {
  return Math.max(3, Math.ceil(Math.log2(gates + (system === 'fflonk' ? 2 : 0))))
}

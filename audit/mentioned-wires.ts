import { asLinear, readConstraint, wiresOf } from '../circom/linear-form.ts'
import type { R1cs } from '../circom/r1cs.ts'

/**
 * 1 for each wire on which some constraint depends; no witness is held to anything in the others. What cancels out of a
 * constraint, or is multiplied by 0, is not mentioned in it.
 */
export function mentionedWires(r1cs: R1cs): Uint8Array {
  const mentioned = new Uint8Array(r1cs.nWires)
  for (let row = 0; row < r1cs.nConstraints; row++) {
    const wires = r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])
    if (wires.every((wire) => mentioned[wire])) continue
    const constraint = readConstraint(r1cs, row)
    // A product of two forms with wires depends on each of these and on all of the third form.
    for (const wire of asLinear(constraint)?.terms.keys() ?? wiresOf(constraint)) mentioned[wire] = 1
  }
  return mentioned
}

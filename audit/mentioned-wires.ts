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
    if (wires.every((wire) => mentioned[wire] || wire === 0)) continue
    for (const wire of hasAllItsWires(r1cs, row) ? wires : wiresIn(r1cs, row)) if (wire !== 0) mentioned[wire] = 1
  }
  return mentioned
}

function wiresIn(r1cs: R1cs, row: number): Iterable<number> {
  const constraint = readConstraint(r1cs, row)
  // A product of two forms with wires depends on each of these and on all of the third form.
  return asLinear(constraint)?.terms.keys() ?? wiresOf(constraint)
}

/** Whether it can be seen without adding anything up that a constraint depends on all of its wires. Nearly all are such. */
function hasAllItsWires({ offsets, wires, coefficientOf, coefficients }: R1cs, row: number): boolean {
  for (let part = 3 * row; part < 3 * row + 3; part++) {
    for (let term = offsets[part]!; term < offsets[part + 1]!; term++) {
      const isRepeated = term > offsets[part]! && wires[term]! <= wires[term - 1]!
      if (isRepeated || coefficients[coefficientOf[term]!] === 0n) return false
    }
  }
  const [a, b, c] = [offsets[3 * row]!, offsets[3 * row + 1]!, offsets[3 * row + 2]!]
  const areEmpty = a === b && b === c
  // Wires ascend: the last one of a factor that is no constant is not that of 1.
  const haveWires = a < b && b < c && wires[b - 1] !== 0 && wires[c - 1] !== 0
  return areEmpty || haveWires
}

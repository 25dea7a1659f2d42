import { readConstraint } from '../../circom/linear-form.ts'
import type { Facts } from '../facts.ts'

/**
 * Hints of constraints hint * x = rest in which constants make x 0 in every witness, such as a test for zero of what is always
 * 0. No row reads them, though constraints mention them: any value will do, and none changes anything else. What cancels out
 * instead, as in 1 * y = y, is no hint: there a check was lost.
 */
export function annulledHints(facts: Facts): Set<number> {
  const { r1cs } = facts.system
  const hints = unreadWires(facts)
  const mentioned = new Set<number>()
  for (let row = 0; row < r1cs.nConstraints && hints.size > 0; row++) {
    const wires = r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])
    if (!wires.some((wire) => hints.has(wire))) continue
    const { a, b, c } = readConstraint(r1cs, row)
    const isFactor = (wire: number) => [a, b].some(({ terms }) => terms.size === 1 && terms.has(wire))
    for (const wire of wires) {
      if (!isFactor(wire) || c.terms.has(wire)) hints.delete(wire)
      mentioned.add(wire)
    }
  }
  return new Set([...hints].filter((wire) => mentioned.has(wire)))
}

/** Unknown wires that are no outputs, that no row reads, and that are equal to no other wire. */
function unreadWires(facts: Facts): Set<number> {
  const { r1cs, representative, rowsOf } = facts.system
  const isShared = new Uint8Array(r1cs.nWires)
  for (const [wire, root] of representative.entries()) if (root !== wire) isShared[root] = 1
  const unread = new Set<number>()
  for (let wire = r1cs.nOutputs + 1; wire < r1cs.nWires; wire++) {
    const isAlone = representative[wire] === wire && isShared[wire] === 0
    if (isAlone && !facts.isKnown(wire) && rowsOf(wire).length === 0) unread.add(wire)
  }
  return unread
}

import { type Constraint, type LinearForm, readConstraint } from '../../circom/linear-form.ts'
import type { System } from '../../circom/system.ts'
import { reduce } from '../../protocol/field.ts'
import type { Facts } from '../facts.ts'

/**
 * Hints of constraints hint * x = rest in which constants make x 0 in every witness, such as a test for zero of what is always
 * 0. No other constraint mentions them, and these say nothing of them: any value will do, and none changes anything else.
 */
export function annulledHints(facts: Facts): Set<number> {
  const { r1cs } = facts.system
  const unread = unreadWires(facts)
  const annulled = new Set<number>()
  for (let row = 0; row < r1cs.nConstraints && unread.size > 0; row++) {
    const wires = r1cs.wires.subarray(r1cs.offsets[3 * row], r1cs.offsets[3 * row + 3])
    const hints = new Set(wires.filter((wire) => unread.has(wire)))
    if (hints.size === 0) continue
    const constraint = readConstraint(r1cs, row)
    for (const hint of hints) {
      if (isAnnulled(facts.system, constraint, hint)) annulled.add(hint)
      else unread.delete(hint)
    }
  }
  return new Set([...annulled].filter((hint) => unread.has(hint)))
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

/** Whether the hint is alone in one factor, while the other is 0. */
function isAnnulled(system: System, { a, b, c }: Constraint, hint: number): boolean {
  if (c.terms.has(hint)) return false
  return [[a, b] as const, [b, a] as const].some(
    ([own, other]) => own.terms.size === 1 && own.terms.has(hint) && !other.terms.has(hint) && isZero(system, other),
  )
}

/** Whether constants, and wires that are equal, make a form 0. */
function isZero({ representative, constants }: System, { constant, terms }: LinearForm): boolean {
  let total = constant
  const open = new Map<number, bigint>()
  for (const [wire, coefficient] of terms) {
    const root = representative[wire]!
    const value = constants.get(root)
    if (value === undefined) open.set(root, (open.get(root) ?? 0n) + coefficient)
    else total += coefficient * value
  }
  return reduce(total) === 0n && [...open.values()].every((sum) => reduce(sum) === 0n)
}

import { type Affine, addScaled, isConstant } from '../../circom/affine.ts'
import type { Facts } from '../facts.ts'

/**
 * Rows x_i * f_i = 0 with known f_i that differ pairwise by constants that are not 0: at most one f_i is 0, so at most one
 * x_i is not, and which one is known. Its value then follows from a known sum(c_i * x_i) with all c_i not 0.
 */
export function solveDecoder(facts: Facts, form: Affine): void {
  const unknown = facts.unknownIn(form)
  if (unknown.length < 2) return
  const gates: Affine[] = []
  for (const wire of unknown) {
    const gate = gateOf(facts, wire)
    if (gate === undefined) return
    gates.push(gate)
  }
  const offsets = gates.map((gate) => addScaled(gate, gates[0]!, -1n))
  if (!offsets.every(isConstant) || new Set(offsets.map(({ constant }) => constant)).size < gates.length) return
  for (const wire of unknown) facts.know(wire, 'decoder')
}

/** A known f of some row wire * f = 0, scaled as it stands beside the wire with coefficient 1. */
function gateOf(facts: Facts, wire: number): Affine | undefined {
  for (const index of facts.system.rowsOf(wire)) {
    const row = facts.system.rows[index]!
    if (row.kind === 'linear' || !isConstant(row.c) || row.c.constant !== 0n) continue
    for (const [one, other] of [
      [row.a, row.b],
      [row.b, row.a],
    ] as const) {
      const isAlone = one.wires.length === 1 && one.wires[0] === wire && one.constant === 0n
      if (isAlone && facts.isKnownForm(other)) return other
    }
  }
  return undefined
}

import { Elimination } from '../../circom/elimination.ts'
import { never, type Tick } from '../clock.ts'
import type { Facts } from '../facts.ts'
import { affinePart } from './linear.ts'

/** A reduced row longer than this is given up: it will not single out a wire, and filling in costs most. */
const MOST_TERMS = 512

/**
 * Gaussian elimination over what is unknown in all rows that are affine in it; what is known is left out, whatever its value.
 * The wires that these rows determine together become known. Returns whether any did.
 */
export function eliminate(facts: Facts, tick: Tick = never): boolean {
  const elimination = new Elimination(tick)
  for (const [index, row] of facts.system.rows.entries()) {
    if (facts.unknownCountOf(index) < 2) continue
    tick()
    const form = affinePart(facts, row)
    if (form === undefined) continue
    const open = facts.unknownIn(form)
    if (open.length < 2 || open.length > MOST_TERMS) continue
    const terms = new Map(open.map((wire) => [wire, form.coefficients[form.wires.indexOf(wire)]!]))
    const reduced = elimination.reduce({ constant: 0n, terms })
    const [pivot] = reduced.terms.keys()
    if (pivot !== undefined && reduced.terms.size <= MOST_TERMS) elimination.keep(reduced, pivot)
  }
  const before = facts.knownCount
  for (const wire of elimination.determined()) facts.know(wire, 'elimination')
  return facts.knownCount > before
}

import type { Relation } from './relations.ts'

/** Substitutions that are made at most. */
const MOST_STEPS = 2000

/**
 * Relations without the wires that are not to be kept, as far as these have a coefficient 1 or -1 somewhere: exact over the
 * integers, whatever size the numbers come to. Carries chain the columns of a product: each is put into the column above it.
 */
export function eliminateOver(relations: readonly Relation[], isKept: (wire: number) => boolean): Relation[] {
  let left = [...relations]
  for (let step = 0; step < MOST_STEPS; step++) {
    const found = findUnit(left, isKept)
    if (found === undefined) break
    const { wire, by } = found
    const unit = by.get(wire)!.get(0)!
    left = left.flatMap((relation) => {
      if (relation === by) return []
      const coefficients = relation.get(wire)
      if (coefficients === undefined) return [relation]
      // As a unit is its own inverse: relation - (coefficient * unit) * by.
      const combined = combine(relation, by, -coefficients.get(0)! * unit)
      return combined.size === 0 ? [] : [combined]
    })
  }
  return left
}

/** A wire that has constant coefficients only, one of them 1 or -1. */
function findUnit(relations: readonly Relation[], isKept: (wire: number) => boolean) {
  const fixed = new Set<number>()
  for (const relation of relations) {
    for (const [wire, coefficients] of relation) if (coefficients.size > 1 || !coefficients.has(0)) fixed.add(wire)
  }
  for (const by of relations) {
    for (const [wire, coefficients] of by) {
      if (isKept(wire) || fixed.has(wire)) continue
      const unit = coefficients.get(0)
      if (unit === 1n || unit === -1n) return { wire, by }
    }
  }
  return undefined
}

function combine(relation: Relation, other: Relation, factor: bigint): Relation {
  const combined = new Map([...relation].map(([wire, coefficients]) => [wire, new Map(coefficients)]))
  for (const [wire, coefficients] of other) {
    const own = combined.get(wire) ?? new Map<number, bigint>()
    for (const [known, coefficient] of coefficients) {
      const sum = (own.get(known) ?? 0n) + factor * coefficient
      if (sum === 0n) own.delete(known)
      else own.set(known, sum)
    }
    if (own.size === 0) combined.delete(wire)
    else combined.set(wire, own)
  }
  return combined
}

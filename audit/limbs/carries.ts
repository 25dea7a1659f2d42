/** Terms of a sum that is 0: integer coefficients by wire. */
export type Sum = ReadonlyMap<number, bigint>

/**
 * Wires that stand in some sums with the sign that most of what is in them has, and in others with the opposite one: carries,
 * and limbs that one column gives and another one takes. Limbs of a quotient are added wherever they are. What comes of it
 * only decides in which order sums are combined.
 */
export function passedOnIn(sums: readonly Sum[]): Set<number> {
  const [added, taken] = [new Set<number>(), new Set<number>()]
  for (const sum of sums) {
    const positive = [...sum.values()].filter((coefficient) => coefficient > 0n).length
    const isMost = 2 * positive >= sum.size
    for (const [wire, coefficient] of sum) {
      const set = coefficient > 0n === isMost ? added : taken
      set.add(wire)
    }
  }
  return new Set([...added].filter((wire) => taken.has(wire)))
}

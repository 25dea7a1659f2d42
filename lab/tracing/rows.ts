import type { R1cs } from '../../circom/r1cs.ts'

/** A linear combination: coefficients by wire, none of them 0. */
export type Combination = ReadonlyMap<number, bigint>

/** The constraint A * B = C. */
export type Row = readonly [a: Combination, b: Combination, c: Combination]

/** One constraint of a system, its wires renamed. */
export function rowOf(
  { offsets, wires, coefficientOf, coefficients, prime }: R1cs,
  row: number,
  rename?: Int32Array,
): Row {
  const part = (index: number): Combination => {
    const sum = new Map<number, bigint>()
    for (let term = offsets[3 * row + index]!; term < offsets[3 * row + index + 1]!; term++) {
      const wire = rename === undefined ? wires[term]! : rename[wires[term]!]!
      const total = ((sum.get(wire) ?? 0n) + coefficients[coefficientOf[term]!]!) % prime
      if (total === 0n) sum.delete(wire)
      else sum.set(wire, total)
    }
    return sum
  }
  return [part(0), part(1), part(2)]
}

export function sameRow(left: Row, right: Row): boolean {
  return left.every((part, i) => {
    const other = right[i]!
    return part.size === other.size && [...part].every(([wire, coefficient]) => other.get(wire) === coefficient)
  })
}

/** The row with one wire in the place of another. */
export function replaceWire(row: Row, wire: number, by: number, prime: bigint): Row {
  return row.map((part) => {
    const coefficient = part.get(wire)
    if (coefficient === undefined) return part
    const replaced = new Map(part)
    replaced.delete(wire)
    const total = ((replaced.get(by) ?? 0n) + coefficient) % prime
    if (total === 0n) replaced.delete(by)
    else replaced.set(by, total)
    return replaced
  }) as unknown as Row
}

/** Whether values satisfy the constraint. */
export function holds([a, b, c]: Row, value: (wire: number) => bigint, prime: bigint): boolean {
  const sum = (part: Combination) => {
    let total = 0n
    for (const [wire, coefficient] of part) total += coefficient * value(wire)
    return total % prime
  }
  return (sum(a) * sum(b) - sum(c)) % prime === 0n
}

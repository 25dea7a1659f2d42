import type { R1cs } from '../../circom/r1cs.ts'

/** A number and its bits, lowest first. */
export interface BitSum {
  readonly number: number
  readonly bits: readonly number[]
}

/** What `lc1 === in` of Num2Bits is about: powers of two less the number. Undefined for any other constraint. */
export function bitSums({ offsets, wires, coefficientOf, coefficients, prime }: R1cs, row: number): BitSum | undefined {
  const [start, c, end] = [offsets[3 * row]!, offsets[3 * row + 2]!, offsets[3 * row + 3]!]
  if (start !== c || end - c < 3) return undefined
  for (const sign of [1n, -1n]) {
    const power = new Map<bigint, number>()
    for (let term = c; term < end; term++) {
      power.set((sign * coefficients[coefficientOf[term]!]! + prime) % prime, wires[term]!)
    }
    const number = power.get(prime - 1n)
    const bits = Array.from({ length: end - c - 1 }, (_, i) => power.get(1n << BigInt(i)))
    if (number === undefined || number === 0 || power.size !== end - c || bits.includes(undefined)) continue
    return { number, bits: bits as number[] }
  }
  return undefined
}

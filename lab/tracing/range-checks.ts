import type { NamedSystem } from '../circuits/named-system.ts'
import type { Attribution } from './attribution.ts'
import { bitSums } from './bit-sums.ts'

/** A decomposition into bits that says of a number of our own that it is in range. */
export interface RangeCheck {
  /** The constraint that sums the bits. */
  readonly row: number
  /** The signal that is decomposed, and into how many bits. */
  readonly number: number
  readonly bits: number
  /** Whether a number with one bit more is `number` + 2^(bits - 1): signed ranges grow both ways. */
  readonly signed: boolean
}

/** The range checks by the signal that one of our instructions wires into them. */
export function rangeChecksOf(
  { r1cs, symbols }: NamedSystem,
  { origins }: Attribution,
): ReadonlyMap<number, RangeCheck> {
  const byNumber = new Map<string, { row: number; number: number; bits: number }>()
  for (let row = 0; row < r1cs.nConstraints; row++) {
    if (origins[row] !== undefined) continue
    const sum = bitSums(r1cs, row)
    if (sum !== undefined)
      byNumber.set(symbols.names(sum.number)[0]!, { row, number: sum.number, bits: sum.bits.length })
  }
  const checks = new Map<number, RangeCheck>()
  for (const { target } of origins.filter((origin) => origin !== undefined)) {
    if (target === undefined) continue
    const name = symbols.names(target)[0]!
    const direct = byNumber.get(name)
    if (direct !== undefined) checks.set(target, { ...direct, signed: false })
  }
  // AssertBits and IsNegative hand their input on to a decomposition of their own.
  for (const { target, instance, instruction } of origins.filter((origin) => origin !== undefined)) {
    if (target === undefined || !['AssertBits', 'IsNegative'].includes(instruction.template)) continue
    const inner = checks.get(target)
    const outer = symbols.wireOf(`${instance}.in`)!
    if (inner !== undefined) checks.set(outer, { ...inner, signed: instruction.template === 'IsNegative' })
  }
  return checks
}

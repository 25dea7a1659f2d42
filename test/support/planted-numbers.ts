import { invert, reduce } from '../../protocol/field.ts'
import type { Terms } from './constraint-rows.ts'
import type { Plot, Two } from './planted-systems.ts'

export const ONE: Terms = [[0, 1n]]
export const alone = (wire: number, coefficient = 1n): Terms => [[wire, coefficient]]
export const inverse = (x: bigint) => (reduce(x) === 0n ? 0n : invert(reduce(x)))

export function small(plot: Plot, below = 4n): number {
  const { random } = plot
  const wire = plot.wire(random.between(0n, below - 1n), random.between(0n, below - 1n))
  if (random.chance(90)) decompose(plot, wire, below.toString(2).length - 1)
  return wire
}

export function hotBits({ random }: Plot, count: number, most: number): bigint[] {
  const bits = new Array<bigint>(count).fill(0n)
  for (let i = 0; i < most; i++) bits[Number(random.between(0n, BigInt(count - 1)))] = random.between(0n, 1n)
  return bits
}

export function boundByRoots(plot: Plot, wire: number): void {
  const [x, y] = plot.values[wire]!
  plot.add(
    [
      [wire, 1n],
      [0, -x],
    ],
    [
      [wire, 1n],
      [0, -y],
    ],
    [],
  )
}

/** The number as n bits, if it has as few in both witnesses. */
export function decompose(plot: Plot, number: number, n: number): void {
  const values = plot.values[number]!
  if (values.every((value) => value < 1n << BigInt(n))) decomposeInto(plot, number, values, n)
}

/** Bits of integers that are congruent to the number; at times all of them upside down. */
export function decomposeInto(plot: Plot, number: number, [first, second]: Two, n: number): void {
  const { random } = plot
  const flipped = random.chance(15) ? random.next() : 0n
  const form: [number, bigint][] = []
  let constant = 0n
  const isComplete = random.chance(96)
  const left = random.between(0n, BigInt(n - 1))
  for (let i = 0n; i < n; i++) {
    const isFlipped = (flipped >> (i % 64n)) & 1n
    const bit = plot.innerWire(((first >> i) & 1n) ^ isFlipped, ((second >> i) & 1n) ^ isFlipped)
    if (isComplete || i !== left) plot.boolean(bit)
    form.push([bit, isFlipped === 1n ? -(1n << i) : 1n << i])
    constant += isFlipped << i
  }
  plot.zero([...form, [0, constant], [number, -1n]])
}

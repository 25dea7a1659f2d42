import { alone, decompose, inverse } from './planted-numbers.ts'
import type { Plot, Two } from './planted-systems.ts'

/** What is wrong with a division, if anything is: the two witnesses differ in quotient and remainder wherever that lets them. */
type Flaw = 'none' | 'something is left out' | 'order' | 'equal' | 'no comparison' | 'a loose limb' | 'a divisor of 0'

/** Two limbs of a number, lowest first. */
const split = (x: bigint, n: bigint) => [x & ((1n << n) - 1n), x >> n] as const

/** Wires of two limbs in each witness. */
function limbs(plot: Plot, two: readonly (readonly [bigint, bigint])[], how: (i: number) => Limb): number[] {
  return [0, 1].map((i) => {
    const values = [two[0]![i as 0 | 1], two[1]![i as 0 | 1]] as const
    const { isInput, bits } = how(i)
    const wire = isInput ? plot.wire(...values) : plot.innerWire(...values)
    if (bits > 0n) decompose(plot, wire, Number(bits))
    return wire
  })
}

/** A wire whose value follows from those of others, and that is seldom an input. */
function derive(plot: Plot, of: readonly number[], value: (...values: bigint[]) => bigint): number {
  const wire = plot.derive(of, value)
  plot.inner.add(wire)
  return wire
}

interface Limb {
  readonly isInput: boolean
  /** Of its range; 0 for none. */
  readonly bits: bigint
}

/** Says of limbs, in one of some orders, that the left number is less, or not more, wherever both witnesses allow it. */
function compare(plot: Plot, left: readonly number[], right: readonly number[], n: bigint, flaw: Flaw): void {
  const { random } = plot
  const top = 1n << n
  const order = flaw === 'order' ? [1, 0] : [0, 1]
  const isKept = () => flaw !== 'something is left out' || random.chance(90)
  let less: number | undefined
  for (const at of order) {
    const [x, y] = [left[at]!, right[at]!]
    const sum = derive(plot, [x, y], (a, b) => top + a - b)
    plot.zero([
      [x, 1n],
      [y, -1n],
      [sum, -1n],
      [0, top],
    ])
    decompose(plot, sum, Number(n) + 1)
    const isLess = derive(plot, [x, y], (a, b) => (a < b ? 1n : 0n))
    // The comparator's top bit was made just before; it may stand upside down.
    const bit = isLess - 1
    if (plot.values[bit]![0] === plot.values[isLess]![0]) plot.zero([...alone(bit), ...alone(isLess, -1n)])
    else plot.zero([[0, 1n], ...alone(bit, -1n), ...alone(isLess, -1n)])
    const difference = derive(plot, [x, y], (a, b) => a - b)
    plot.zero([
      [x, 1n],
      [y, -1n],
      [difference, -1n],
    ])
    const same = derive(plot, [x, y], (a, b) => (a === b ? 1n : 0n))
    plot.add(alone(difference), alone(derive(plot, [difference], inverse)), [
      [0, 1n],
      [same, -1n],
    ])
    if (isKept()) plot.add(alone(difference), alone(same), [])
    if (less === undefined) {
      less = flaw !== 'equal' ? isLess : derive(plot, [isLess, same], (a, b) => a + b)
      if (less !== isLess) plot.zero([...alone(isLess), ...alone(same), ...alone(less, -1n)])
      continue
    }
    const below: number = less
    less = derive(plot, [isLess, same, below], (a, b, c) => a + b * c)
    plot.add(alone(same), alone(below), [...alone(less), ...alone(isLess, -1n)])
  }
  if (plot.values[less!]!.every((value) => value === 1n)) plot.zero([...alone(less!), [0, -1n]])
}

/** Gives a carry in bits, itself or its sum with an offset. */
function bound(plot: Plot, carry: number, bits: bigint): void {
  if (plot.random.chance(50)) {
    decompose(plot, carry, Number(bits))
    return
  }
  const offset = 1n << bits
  const sum = derive(plot, [carry], (value) => value + offset)
  plot.zero([
    [carry, 1n],
    [sum, -1n],
    [0, offset],
  ])
  decompose(plot, sum, Number(bits) + 1)
}

/** Divisions of numbers in limbs; see `SHAPES`. */
export const LIMBS: Readonly<Record<string, (plot: Plot) => void>> = {
  limbDivision(plot) {
    const { random } = plot
    const n = random.between(2n, 3n)
    const most = 1n << (2n * n)
    const flaw: Flaw = random.chance(40)
      ? 'none'
      : random.pick(['something is left out', 'order', 'equal', 'no comparison', 'a loose limb', 'a divisor of 0'])
    const isKept = () => flaw !== 'something is left out' || random.chance(90)
    const d = flaw === 'a divisor of 0' ? 0n : random.between(1n, most - 1n)
    const q = random.between(1n, most - 1n)
    const r = flaw === 'equal' ? 0n : random.between(0n, d === 0n ? most - 1n : d - 1n)
    const isOther = !['none', 'a loose limb'].includes(flaw) && r + d < most
    const other: Two = isOther ? [q - 1n, r + d] : [q, r]
    const isLoose = flaw === 'a loose limb' && q >= 1n << n
    const [low, high] = split(other[0], n)
    const ranged = () => ({ isInput: false, bits: isKept() ? n : 0n })
    const bounds = limbs(plot, [split(d, n), split(d, n)], () => ({ isInput: true, bits: isKept() ? n : 0n }))
    // The divisor may be a constant: then its bits are, too.
    if (random.chance(40)) {
      for (const limb of bounds) {
        plot.zero([
          [limb, 1n],
          [0, -plot.values[limb]![0]],
        ])
      }
    }
    // A limb with one bit more may hold one of the limb above it.
    const quotient = limbs(plot, [split(q, n), isLoose ? [low + (1n << n), high - 1n] : [low, high]], (i) =>
      isLoose && i === 0 ? { isInput: false, bits: n + 1n } : ranged(),
    )
    // A remainder that is given leaves the quotient to be found, if the divisor is not 0.
    const isGiven = r === other[1] && random.chance(30)
    const remainder = limbs(plot, [split(r, n), split(other[1], n)], () => ({ ...ranged(), isInput: isGiven }))
    const dividend = Array.from({ length: 4 }, (_, i) => {
      const limb = ((q * d + r) >> (n * BigInt(i))) & ((1n << n) - 1n)
      return plot.wire(limb, limb)
    })
    const products = quotient.map((x) =>
      bounds.map((y) => {
        const product = derive(plot, [x, y], (a, b) => a * b)
        plot.add(alone(x), alone(y), alone(product))
        return product
      }),
    )
    let carry: number | undefined
    for (const [c, limb] of dividend.entries()) {
      const column = [0, 1].flatMap((i) => (products[i]![c - i] === undefined ? [] : [products[i]![c - i]!]))
      const all = [...column, ...(c < 2 ? [remainder[c]!] : []), ...(carry === undefined ? [] : [carry])]
      if (c === 3) {
        plot.zero([...all.flatMap((wire) => alone(wire)), ...alone(limb, -1n)])
        break
      }
      const next = derive(plot, [...all, limb], (...values) => {
        const sum = values.slice(0, -1).reduce((total, value) => total + value, 0n)
        return (sum - values.at(-1)!) >> n
      })
      plot.zero([...all.flatMap((wire) => alone(wire)), ...alone(limb, -1n), ...alone(next, -(1n << n))])
      if (isKept()) bound(plot, next, n + 3n)
      carry = next
    }
    if (flaw !== 'no comparison') compare(plot, remainder, bounds, n, flaw)
  },
}

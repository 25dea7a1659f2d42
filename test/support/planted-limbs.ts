import { alone, decompose, inverse } from './planted-numbers.ts'
import type { Plot, Two } from './planted-systems.ts'

/** Limbs of a number in each witness. */
function limbs(plot: Plot, [first, second]: Two, n: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const limb = (x: bigint) => (x >> (n * BigInt(i))) & ((1n << n) - 1n)
    const wire = plot.innerWire(limb(first), limb(second))
    if (plot.random.chance(97)) decompose(plot, wire, Number(n))
    return wire
  })
}

/** Says of limbs, in one of some orders, that the left number is less, or not more, wherever both witnesses allow it. */
function compare(plot: Plot, left: readonly number[], right: readonly number[], n: bigint): void {
  const { random } = plot
  const top = 1n << n
  const order = random.chance(80) ? left.map((_, i) => i) : left.map((_, i) => left.length - 1 - i)
  let less: number | undefined
  for (const at of order) {
    const [x, y] = [left[at]!, right[at]!]
    const sum = plot.derive([x, y], (a, b) => top + a - b)
    plot.zero([
      [x, 1n],
      [y, -1n],
      [sum, -1n],
      [0, top],
    ])
    decompose(plot, sum, Number(n) + 1)
    const isLess = plot.derive([x, y], (a, b) => (a < b ? 1n : 0n))
    // The comparator's top bit was made just before; it may stand upside down.
    const bit = isLess - 1
    if (plot.values[bit]![0] === plot.values[isLess]![0]) plot.zero([...alone(bit), ...alone(isLess, -1n)])
    else plot.zero([[0, 1n], ...alone(bit, -1n), ...alone(isLess, -1n)])
    const difference = plot.derive([x, y], (a, b) => a - b)
    plot.zero([
      [x, 1n],
      [y, -1n],
      [difference, -1n],
    ])
    const same = plot.derive([x, y], (a, b) => (a === b ? 1n : 0n))
    plot.add(alone(difference), alone(plot.derive([difference], inverse)), [
      [0, 1n],
      [same, -1n],
    ])
    if (random.chance(95)) plot.add(alone(difference), alone(same), [])
    if (less === undefined) {
      less = random.chance(90) ? isLess : plot.derive([isLess, same], (a, b) => a + b)
      if (less !== isLess) plot.zero([...alone(isLess), ...alone(same), ...alone(less, -1n)])
      continue
    }
    const below: number = less
    less = plot.derive([isLess, same, below], (a, b, c) => a + b * c)
    plot.add(alone(same), alone(below), [...alone(less), ...alone(isLess, -1n)])
  }
  if (plot.values[less!]!.every((value) => value === 1n)) plot.zero([...alone(less!), [0, -1n]])
}

/** Divisions of numbers in limbs; see `SHAPES`. */
export const LIMBS: Readonly<Record<string, (plot: Plot) => void>> = {
  limbDivision(plot) {
    const { random } = plot
    const n = random.between(2n, 3n)
    const most = 1n << (2n * n)
    const d = random.between(1n, most - 1n)
    const q = random.between(1n, most - 1n)
    const r = random.between(0n, d - 1n)
    const other: Two = random.chance(50) && r + d < most ? [q - 1n, r + d] : [q, r]
    const bounds = limbs(plot, [d, d], n, 2)
    const quotient = limbs(plot, [q, other[0]], n, 2)
    const remainder = limbs(plot, [r, other[1]], n, 2)
    const dividend = Array.from({ length: 4 }, (_, i) => {
      const limb = ((q * d + r) >> (n * BigInt(i))) & ((1n << n) - 1n)
      return plot.wire(limb, limb)
    })
    const products = quotient.map((x) =>
      bounds.map((y) => {
        const product = plot.derive([x, y], (a, b) => a * b)
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
      const next = plot.derive([...all, limb], (...values) => {
        const sum = values.slice(0, -1).reduce((total, value) => total + value, 0n)
        return (sum - values.at(-1)!) >> n
      })
      plot.zero([...all.flatMap((wire) => alone(wire)), ...alone(limb, -1n), ...alone(next, -(1n << n))])
      if (random.chance(96)) decompose(plot, next, Number(n) + 2)
      carry = next
    }
    if (random.chance(90)) compare(plot, remainder, bounds, n)
  },
}

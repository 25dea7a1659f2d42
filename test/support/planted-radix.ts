import { reduce } from '../../protocol/field.ts'
import { decompose, inverse } from './planted-numbers.ts'
import type { Plot } from './planted-systems.ts'

/** What is wrong with digits, if anything is: the two witnesses differ in them wherever that lets them. */
type Flaw = 'none' | 'no check' | 'a wider check' | 'no range' | 'a total that wraps' | 'an open top' | 'equal weights'

const FLAWS: readonly Flaw[] = [
  'no check',
  'a wider check',
  'no range',
  'a total that wraps',
  'an open top',
  'equal weights',
]

/** The digits of a number, lowest first, and what is left of it. */
function digitsOf(number: bigint, base: bigint, count: number): bigint[] {
  const digits: bigint[] = []
  let left = number
  for (let i = 0; i < count; i++) {
    digits.push(left % base)
    left /= base
  }
  return [...digits, left]
}

/** Says that a digit is below the base, as comparators do: it has n bits, and so has it plus 2^n less the base. */
function checkDigit(plot: Plot, digit: number, base: bigint, isRanged = true): void {
  const n = BigInt(base.toString(2).length)
  if (isRanged) decompose(plot, digit, Number(n))
  const shift = (1n << n) - base
  const sum = plot.derive([digit], (value) => value + shift)
  plot.zero([
    [digit, 1n],
    [sum, -1n],
    [0, shift],
  ])
  decompose(plot, sum, Number(n))
}

/** The sum of wires, spread over rows of two or three: in order, backwards, or in pairs first. */
function total(plot: Plot, wires: readonly number[]): number {
  const { random } = plot
  const left = random.pick([[...wires], wires.toReversed()])
  while (left.length > 1) {
    const count = random.pick([2, 2, 2, 3])
    const taken = left.splice(0, count)
    const sum = plot.derive(taken, (...values) => values.reduce((all, value) => all + value))
    plot.inner.add(sum)
    plot.zero([...taken.map((wire) => [wire, 1n] as const), [sum, -1n]])
    if (random.chance(75)) left.unshift(sum)
    else left.push(sum)
  }
  return left[0]!
}

/** Digits in both witnesses, lowest first, with their weights. */
interface Digits {
  readonly first: readonly bigint[]
  readonly second: readonly bigint[]
  readonly weights: readonly bigint[]
}

/** Digits of which the one at a place, and the next, are what a flaw lets them be: with the same total, where there is another. */
function digitsWith(plot: Plot, flaw: Flaw, { base, count, at }: { base: bigint; count: number; at: number }): Digits {
  const { random } = plot
  const plain = digitsOf(random.between(0n, base ** BigInt(count) - 1n), base, count).slice(0, count)
  const weights = plain.map((_, i) => base ** BigInt(i))
  const withTwo = (digit: bigint, next: bigint) => plain.with(at, digit).with(at + 1, next)
  const [low, high] = [plain[at]!, plain[at + 1]!]
  const [few, many] = [random.between(1n, base - 1n), random.between(1n, base - 1n)]
  switch (flaw) {
    case 'no check':
      return { first: withTwo(low, high || 1n), second: withTwo(low + base, (high || 1n) - 1n), weights }
    case 'a wider check':
      return { first: withTwo(0n, high || 1n), second: withTwo(base, (high || 1n) - 1n), weights }
    case 'no range': {
      const next = high % (base - 1n)
      return { first: withTwo(base - 1n, next), second: withTwo(-1n, next + 1n), weights }
    }
    case 'equal weights':
      return { first: plain, second: withTwo(high, low), weights: weights.with(at + 1, weights[at]!) }
    case 'a total that wraps':
      // The next digit's weight, `many` times, is congruent to this one's, `few` times.
      return {
        first: withTwo(few, 0n),
        second: withTwo(0n, many),
        weights: weights.with(at + 1, reduce(weights[at]! * few * inverse(many))),
      }
    case 'an open top':
      return { first: plain, second: plain.map(() => random.between(0n, base - 1n)), weights }
    case 'none':
      return { first: plain, second: plain, weights }
  }
}

/** Numbers by their digits below a base, which need be no power of two; see `SHAPES`. */
export const RADIX: Readonly<Record<string, (plot: Plot) => void>> = {
  /** Digits times powers of the base, which are wires of their own, and their sum, in several rows. */
  spreadDigits(plot) {
    const { random } = plot
    const flaw: Flaw = random.chance(45) ? 'none' : random.pick(FLAWS)
    const base = random.between(2n, 7n)
    const count = Number(random.between(2n, 4n))
    const at = Number(random.between(0n, BigInt(count - 2)))
    const { first, second, weights } = digitsWith(plot, flaw, { base, count, at })
    const digits = first.map((digit, i) => {
      const wire = plot.innerWire(digit, second[i]!)
      const isFlawed = i === at
      if (isFlawed && flaw === 'no check') return wire
      const own = isFlawed && flaw === 'a wider check' ? base + 1n : base
      checkDigit(plot, wire, own, !isFlawed || flaw !== 'no range')
      return wire
    })
    const scale = random.chance(20) ? plot.value() || 1n : 1n
    const scaled = digits.map((digit, i) => {
      const weight = weights[i]! * scale
      if (weight === 1n && random.chance(50)) return digit
      const wire = plot.derive([digit], (value) => value * weight)
      plot.inner.add(wire)
      plot.zero([
        [digit, weight],
        [wire, -1n],
      ])
      return wire
    })
    const totalOf = (some: readonly bigint[]) => some.reduce((sum, digit, i) => sum + digit * weights[i]! * scale, 0n)
    const top = plot.value()
    const open = flaw === 'an open top' ? [plot.innerWire(top, top + totalOf(first) - totalOf(second))] : []
    plot.inner.delete(total(plot, [...scaled, ...open]))
  },

  /** n_i = base * n_(i + 1) + digit_i, down to a top that is 0, has bits, or is open. */
  digitChain(plot) {
    const { random } = plot
    const base = random.between(2n, 7n)
    const count = Number(random.between(1n, 4n))
    const flaw = random.chance(50) ? 'none' : random.pick(['no check', 'a wider check', 'an open top'])
    const number = random.between(base, base ** BigInt(count + 1) - 1n)
    const first = digitsOf(number, base, count)
    if (flaw === 'a wider check') first[0] = 0n
    const second = flaw !== 'none' && first[1]! > 0n ? first.with(0, first[0]! + base).with(1, first[1]! - 1n) : first
    const digits = first.map((digit, i) => plot.innerWire(digit, second[i]!))
    let left = digits.pop()!
    if (random.chance(40) && plot.values[left]!.every((value) => value === 0n)) plot.zero([[left, 1n]])
    else if (flaw !== 'an open top') decompose(plot, left, 3)
    for (const [i, digit] of [...digits.entries()].toReversed()) {
      if (flaw !== 'no check' || i > 0) {
        const own = flaw === 'a wider check' && i === 0 ? base + 1n : base
        checkDigit(plot, digit, own)
      }
      const next = plot.derive([left, digit], (upper, lower) => base * upper + lower)
      plot.zero([
        [left, base],
        [digit, 1n],
        [next, -1n],
      ])
      left = next
    }
    plot.inner.delete(left)
  },
}

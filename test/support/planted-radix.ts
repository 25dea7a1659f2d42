import { reduce } from '../../protocol/field.ts'
import { decompose, inverse } from './planted-numbers.ts'
import type { Plot, Two } from './planted-systems.ts'

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

/** Other digits with the same total that a flaw lets pass: a digit gives one to the next, or takes one of it. */
function carried(digits: readonly bigint[], base: bigint, at: number, by: bigint): bigint[] {
  return digits.map((digit, i) => (i === at ? digit + by * base : i === at + 1 ? digit - by : digit))
}

/** Says that a digit is below the base, as comparators do: it has n bits, and so has it plus 2^n less the base. */
function checkDigit(plot: Plot, digit: number, { base, n }: { base: bigint; n: bigint }, isRanged: boolean): void {
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

/** Numbers by their digits below a base that is no power of two; see `SHAPES`. */
export const RADIX: Readonly<Record<string, (plot: Plot) => void>> = {
  /** Digits times powers of the base, which are wires of their own, and their sum, in several rows. */
  spreadDigits(plot) {
    const { random } = plot
    const flaw: Flaw = random.chance(45) ? 'none' : random.pick(FLAWS)
    const base = random.between(2n, 7n)
    const n = BigInt(base.toString(2).length)
    const count = Number(random.between(2n, 4n))
    const at = Number(random.between(0n, BigInt(count - 2)))
    const first = digitsOf(random.between(0n, base ** BigInt(count) - 1n), base, count).slice(0, count)
    // A check one too wide takes the base itself for a digit; no range lets what is below 0 pass, no check anything.
    const by = flaw === 'no range' ? -1n : 1n
    if (['no check', 'a wider check', 'no range'].includes(flaw)) {
      first[at + 1] = flaw === 'no range' ? first[at + 1]! % (base - 1n || 1n) : first[at + 1]! || 1n
      first[at] = flaw === 'no check' ? first[at]! : flaw === 'no range' ? base - 1n : 0n
    }
    const isOther = ['no check', 'a wider check', 'no range'].includes(flaw)
    let second = isOther ? carried(first, base, at, by) : first
    const weights = first.map((_, i) => base ** BigInt(i))
    if (flaw === 'equal weights') {
      weights[at + 1] = weights[at]!
      second = first.map((digit, i) => (i === at ? first[at + 1]! : i === at + 1 ? first[at]! : digit))
    }
    if (flaw === 'a total that wraps') {
      // The next digit's weight, some times, is congruent to this one's, some times.
      const [few, many] = [random.between(1n, base - 1n), random.between(1n, base - 1n)]
      weights[at + 1] = reduce(weights[at]! * few * inverse(many))
      first[at] = few
      first[at + 1] = 0n
      second = first.map((digit, i) => (i === at ? 0n : i === at + 1 ? many : digit))
    }
    if (flaw === 'an open top') second = first.map(() => random.between(0n, base - 1n))
    const scale = random.chance(20) ? plot.value() || 1n : 1n
    const digits = first.map((digit, i) => {
      const values: Two = [digit, second[i]!]
      const wire = plot.innerWire(...values)
      const isFlawed = isOther && i === at
      if (flaw === 'no check' && isFlawed) return wire
      const own = flaw === 'a wider check' && isFlawed ? base + 1n : base
      checkDigit(
        plot,
        wire,
        { base: own, n: BigInt(own.toString(2).length) > n ? n + 1n : n },
        flaw !== 'no range' || !isFlawed,
      )
      return wire
    })
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
    const all = [...scaled]
    if (flaw === 'an open top') {
      const value = (some: readonly bigint[]) => some.reduce((sum, digit, i) => sum + digit * weights[i]! * scale, 0n)
      const top = plot.value()
      all.push(plot.innerWire(top, top + value(first) - value(second)))
    }
    const sum = total(plot, all)
    plot.inner.delete(sum)
  },

  /** n_i = base * n_(i + 1) + digit_i, down to a top that is 0, has bits, or is open. */
  digitChain(plot) {
    const { random } = plot
    const base = random.between(2n, 7n)
    const n = BigInt(base.toString(2).length)
    const count = Number(random.between(1n, 4n))
    const flaw = random.chance(50) ? 'none' : random.pick(['no check', 'a wider check', 'an open top'])
    const number = random.between(base, base ** BigInt(count + 1) - 1n)
    const isOther = flaw !== 'none' && number / base > 0n
    const first = digitsOf(number, base, count)
    if (flaw === 'a wider check') first[0] = 0n
    const second = isOther && first[1]! > 0n ? carried(first, base, 0, 1n) : first
    const digits = first.map((digit, i) => plot.innerWire(digit, second[i]!))
    let left = digits.pop()!
    if (random.chance(40) && plot.values[left]!.every((value) => value === 0n)) plot.zero([[left, 1n]])
    else if (flaw !== 'an open top') decompose(plot, left, 3)
    for (const [i, digit] of [...digits.entries()].toReversed()) {
      if (flaw !== 'no check' || i > 0) {
        const own = flaw === 'a wider check' && i === 0 ? base + 1n : base
        checkDigit(plot, digit, { base: own, n: n + 1n }, true)
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

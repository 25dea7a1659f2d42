import { FIELD } from '../../protocol/numbers.ts'
import { invert, reduce } from '../../prover/keys/field.ts'
import type { Terms } from './constraint-rows.ts'
import type { Plot, Two } from './planted-systems.ts'

const ONE: Terms = [[0, 1n]]
const alone = (wire: number, coefficient = 1n): Terms => [[wire, coefficient]]
const inverse = (x: bigint) => (reduce(x) === 0n ? 0n : invert(reduce(x)))

/**
 * What the rules of audit/rules/ look for, and what merely looks like it. Each shape adds constraints that both witnesses of
 * a plot satisfy.
 */
export const SHAPES: Readonly<Record<string, (plot: Plot) => void>> = {
  value(plot) {
    const one = plot.value()
    plot.wire(one, plot.random.chance(50) ? one : plot.value())
  },

  equal(plot) {
    const x = plot.any()
    const y = plot.derive([x], (value) => value)
    plot.zero([...alone(x), ...alone(y, -1n)])
  },

  constant(plot) {
    const value = plot.value()
    const k = plot.coefficient()
    plot.zero([...alone(plot.wire(value, value), k), [0, -k * value]])
  },

  linear(plot) {
    const { random } = plot
    const form = plot.form(random.chance(10) ? 20 : 4)
    const [x, y] = plot.evaluate(form)
    const k = plot.coefficient()
    plot.zero([...form, ...alone(plot.innerWire(x * inverse(k), y * inverse(k)), -k)])
  },

  relation(plot) {
    const form = plot.balance(plot.form(5))
    if (form !== undefined) plot.zero(form)
  },

  relations(plot) {
    const wires = plot.some(5)
    for (let row = 0; row < 4; row++) {
      const form = plot.balance(wires.map((wire) => [wire, plot.coefficient()] as const))
      if (form !== undefined) plot.zero(form)
    }
  },

  /** Booleans need a wire whose values are bits; see `Plot.bit`. */
  bits(plot) {
    plot.bit()
  },

  /** One of two constants. */
  roots(plot) {
    const wire = plot.any()
    const [x, y] = plot.values[wire]!
    const [k, m] = [plot.coefficient(), plot.coefficient()]
    const factor = (root: bigint, c: bigint): Terms => [
      [wire, c],
      [0, -c * root],
    ]
    plot.add(factor(x, k), factor(y, m), [])
  },

  product(plot) {
    const [a, b] = [plot.form(2), plot.form(2)]
    const [x, y] = [plot.evaluate(a), plot.evaluate(b)]
    plot.add(a, b, alone(plot.innerWire(x[0] * y[0], x[1] * y[1])))
  },

  /** k * x = c, where k may vanish. */
  quotient(plot) {
    const k = plot.some(2).map((wire) => [wire, plot.coefficient()] as const)
    const x = plot.random.chance(50) ? plot.innerWire(plot.value(), plot.value()) : plot.any()
    const [ks, xs] = [plot.evaluate(k), plot.values[x]!]
    const rest = plot.wire(ks[0] * xs[0], ks[1] * xs[1])
    plot.add(k, alone(x), alone(rest))
    if (plot.random.chance(40) && ks.every((value) => value !== 0n)) {
      const hint = plot.wire(inverse(ks[0]), inverse(ks[1]))
      plot.add(k, alone(hint), ONE)
    }
  },

  /** A product of old forms that equals another old form. */
  oldProduct(plot) {
    const [a, b] = [plot.form(2), plot.form(2)]
    const [x, y] = [plot.evaluate(a), plot.evaluate(b)]
    const c = plot.balance(plot.form(3), [x[0] * y[0], x[1] * y[1]])
    if (c !== undefined) plot.add(a, b, c)
  },

  square(plot) {
    const root = plot.value()
    const sign = plot.random.pick([1n, -1n])
    const x = plot.innerWire(root, sign * root)
    const k = plot.coefficient()
    plot.add(alone(x, k), alone(x), alone(plot.wire(root * root, root * root), k))
    if (plot.random.chance(50)) boundByRoots(plot, x)
    if (plot.random.chance(50)) decompose(plot, x, plot.random.pick([4, 8, 8, 253, 254]))
  },

  choice(plot) {
    const [s, x, y] = [plot.bit(), plot.any(), plot.any()]
    const out = plot.derive([s, x, y], (bit, one, other) => bit * one + (1n - bit) * other)
    plot.add(alone(s), [...alone(x), ...alone(y, -1n)], [...alone(out), ...alone(y, -1n)])
  },

  logic(plot) {
    const [x, y] = [plot.bit(), plot.bit()]
    const sign = plot.random.pick([1n, -1n])
    plot.random.pick([
      () => plot.add(alone(x, sign), alone(y, sign), alone(plot.derive([x, y], (a, b) => a * b))),
      () =>
        plot.add(
          alone(x, sign),
          [
            [0, 1n],
            [y, -1n],
          ],
          alone(
            plot.derive([x, y], (a, b) => a * (1n - b)),
            sign,
          ),
        ),
      () =>
        plot.add(alone(x), alone(y), [
          [x, 1n],
          [y, 1n],
          [plot.derive([x, y], (a, b) => a + b - a * b), -1n],
        ]),
      () =>
        plot.add(alone(x, 2n), alone(y), [
          [x, 1n],
          [y, 1n],
          [plot.derive([x, y], (a, b) => a ^ b), -1n],
        ]),
      () =>
        plot.zero([
          [0, 1n],
          [x, -1n],
          [plot.derive([x], (a) => 1n - a), -1n],
        ]),
      () =>
        plot.zero([
          [x, 1n],
          [y, 1n],
          [plot.derive([x, y], (a, b) => a + b), -1n],
        ]),
      () =>
        plot.zero([
          [x, 1n],
          [y, -1n],
          [plot.derive([x, y], (a, b) => a - b), -1n],
        ]),
    ])()
  },

  /** Bits that exclude each other, or do not. */
  exclusive(plot) {
    const bits = Array.from({ length: 3 }, () => plot.bit())
    const sum = plot.derive(bits, (...values) => values.reduce((total, value) => total + value))
    plot.zero([...bits.map((bit) => [bit, 1n] as const), ...alone(sum, -1n)])
    if (plot.values[sum]!.every((value) => value < 2n) && plot.random.chance(70)) plot.boolean(sum)
    for (const two of [bits.slice(0, 2), bits.slice(1)]) {
      const [x, y] = two as [number, number]
      const exclude = [0, 1].every((side) => plot.values[x]![side]! * plot.values[y]![side]! === 0n)
      if (exclude && plot.random.chance(40)) plot.add(alone(x), alone(y), [])
    }
  },

  /** IsZero, with other values than 1 and 0 at times, or one of its rows missing or about another number. */
  zeroTest(plot) {
    const { random } = plot
    const tested = random.chance(70) ? alone(random.chance(60) ? plot.agreed() : plot.any()) : plot.form(3)
    const [ifZero, otherwise] = random.chance(60) ? [1n, 0n] : [plot.value(), plot.value()]
    const values = plot.evaluate(tested)
    const other = random.chance(80) ? tested : tested.map(([wire, k]) => [wire, 3n * k] as const)
    const isWhole = random.chance(75)
    const results = values.map((x) => (isWhole ? (x === 0n ? ifZero : otherwise) : random.pick([ifZero, otherwise])))
    const z = plot.innerWire(results[0]!, results[1]!)
    // tested * hint = z - ifZero, tested * (z - otherwise) = 0
    const hints = values.map((x, side) => (x === 0n ? plot.value() : (results[side]! - ifZero) * inverse(x)))
    const canHint = values.every((x, side) => x !== 0n || results[side] === ifZero)
    const hint = plot.innerWire(hints[0]!, hints[1]!)
    if (canHint && random.chance(90))
      plot.add(other, alone(hint, tested === other ? 1n : inverse(3n)), [
        [z, 1n],
        [0, -ifZero],
      ])
    const annulled: Terms = [
      [z, 1n],
      [0, -otherwise],
    ]
    const [x, y] = plot.evaluate(annulled)
    if (reduce(values[0] * x) === 0n && reduce(values[1] * y) === 0n && random.chance(90)) {
      if (random.chance(50)) plot.add(tested, annulled, [])
      else plot.add(annulled, tested, [])
    }
  },

  radix(plot) {
    const { random } = plot
    const value = plot.value()
    decompose(
      plot,
      plot.wire(value, random.chance(50) ? value : plot.value()),
      random.pick([2, 4, 4, 8, 8, 16, 32, 252, 253, 254]),
    )
  },

  /** Both representations of a small number as 254 bits. */
  alias(plot) {
    const value = plot.random.between(0n, 1n << 60n)
    const number = plot.wire(value, value)
    decomposeInto(plot, number, [value, value + FIELD], 254)
  },

  /** Small digits with random weights that give the same sum in both witnesses. */
  digits(plot) {
    const { random } = plot
    const count = Number(random.between(2n, 6n))
    const digits = Array.from({ length: count }, () => (random.chance(70) ? plot.bit() : small(plot)))
    const weights = digits.map((_, i) =>
      random.pick([1n, -1n, 1n << BigInt(i), 1n << BigInt(i), BigInt(i), plot.coefficient()]),
    )
    const form = plot.balance(digits.map((digit, i) => [digit, weights[i]!] as const))
    if (form === undefined) return
    if (random.chance(50)) return plot.zero(form)
    const sum = plot.value()
    // The sum is a wire, or a product of wires.
    const total = plot.wire(sum, sum)
    const withTotal: Terms = [...form, [0, sum]]
    if (random.chance(50)) return plot.zero([...withTotal, ...alone(total, -1n)])
    const factor = plot.value() || 1n
    plot.add(
      alone(plot.wire(factor, factor)),
      alone(plot.wire(sum * inverse(factor), sum * inverse(factor))),
      withTotal,
    )
  },

  /** Booleans, their count, and the sum of their places; both agree in the witnesses. */
  oneHot(plot) {
    const { random } = plot
    const count = Number(random.between(2n, 6n))
    const most = random.chance(60) ? 1 : count
    const first = hotBits(plot, count, most)
    const second = random.chance(40) ? first : hotBits(plot, count, most)
    const bits = first.map((value, i) => plot.innerWire(value, second[i]!))
    for (const bit of bits) if (random.chance(95)) plot.boolean(bit)
    const total = plot.derive(bits, (...values) => values.reduce((sum, value) => sum + value))
    const counted = bits.map((bit) => [bit, 1n] as const)
    const [x, y] = plot.values[total]!
    const says = random.pick(['a wire', 'a wire', x === y ? 'a constant' : 'a product', 'a product'])
    if (says === 'a constant') plot.zero([...counted, [0, -x]])
    if (says === 'a product') plot.add(alone(plot.wire(1n, 1n)), alone(total), counted)
    if (says === 'a wire') {
      plot.zero([...counted, ...alone(total, -1n)])
      if (x < 2n && y < 2n && random.chance(80)) plot.boolean(total)
    }
    const places = bits.map((bit, i) => [bit, random.chance(80) ? BigInt(i) : plot.coefficient()] as const)
    const form = random.chance(60) ? plot.balance(places) : [...places, [0, reduce(-plot.evaluate(places)[0])] as const]
    const [a, b] = plot.evaluate(form ?? places)
    plot.zero([...(form ?? places), ...alone(plot.wire(a, b), -1n)])
  },

  decoder(plot) {
    const { random } = plot
    const at = plot.wire(random.between(0n, 3n), 0n)
    plot.values[at] = random.chance(70) ? [plot.values[at]![0], plot.values[at]![0]] : [plot.values[at]![0], 1n]
    const count = Number(random.between(2n, 5n))
    const places = Array.from({ length: count }, (_, i) => (random.chance(80) ? BigInt(i) : random.between(0n, 3n)))
    const wires = places.map((place) => {
      const [x, y] = plot.values[at]!.map((value) => (value === place ? plot.value() : 0n)) as [bigint, bigint]
      return plot.innerWire(x, y)
    })
    for (const [i, wire] of wires.entries()) {
      const k = random.chance(70) ? 1n : plot.coefficient()
      plot.add(
        alone(wire, random.chance(70) ? 1n : 2n),
        [
          [at, k],
          [0, -k * places[i]!],
        ],
        [],
      )
    }
    const form = plot.balance(wires.map((wire) => [wire, random.chance(70) ? 1n : plot.coefficient()] as const))
    if (form !== undefined) plot.zero(form)
  },

  /** q * d + rest = n with rest below d, or not. */
  division(plot) {
    const { random } = plot
    const d = random.between(1n, 20n)
    // Half of the time as it should be.
    const isSound = random.chance(50)
    const [q, rest] = [random.between(0n, 40n), random.between(0n, isSound ? d - 1n : 3n * d)]
    const steps = isSound ? 0n : random.pick([0n, 1n, -1n])
    const n = q * d + rest
    const isWrapped = !isSound && random.chance(30)
    const others: Two = isWrapped ? [reduce((n - 1n) * inverse(d)), 1n] : [q - steps, rest + steps * d]
    const [quotient, remainder] = [plot.innerWire(q, others[0]), plot.innerWire(rest, others[1])]
    const divisor = plot.wire(d, d)
    const areBounded = isSound || random.chance(70)
    for (const wire of [quotient, remainder, divisor]) if (areBounded || random.chance(50)) decompose(plot, wire, 12)
    const number = plot.wire(n, n)
    const k = random.pick([1n, 1n, -1n, 2n])
    if (random.chance(50))
      plot.add(alone(quotient, k), alone(divisor), [
        [number, k],
        [remainder, -k],
      ])
    else
      plot.add(
        alone(divisor),
        [
          [quotient, k],
          [0, k],
        ],
        [
          [number, k],
          [divisor, k],
          [remainder, -k],
        ],
      )
    // slack = d - 1 - rest, or what else is bounded.
    const off = isSound ? 1n : random.pick([1n, 1n, 0n, -8n])
    const slack = plot.derive([divisor, remainder], (x, y) => x - off - y)
    plot.zero([
      [divisor, 1n],
      [remainder, -1n],
      [slack, -1n],
      [0, -off],
    ])
    if (random.chance(90)) decompose(plot, slack, 8)
  },

  /** Bits that a lemma keeps below r. */
  belowField(plot) {
    const { random } = plot
    const places = new Set(
      Array.from({ length: Number(random.between(2n, 6n)) }, () => Number(random.between(246n, 253n))),
    )
    const bits = new Map([...places].map((place) => [plot.bit(), place]))
    const total = (side: 0 | 1) =>
      [...bits].reduce((sum, [bit, at]) => sum + (plot.values[bit]![side] << BigInt(at)), 0n)
    if (total(0) >= FIELD || total(1) >= FIELD) return
    plot.belowField.push(bits)
    const k = plot.coefficient()
    const shift = random.chance(80) ? 0n : 1n
    const form = [...bits].map(([bit, at]) => [bit, k << (BigInt(at) - shift)] as const)
    const [x, y] = plot.evaluate(form)
    plot.zero([...form, ...alone(plot.wire(x, y), -1n)])
    const more = plot.balance([...form, ...alone(plot.bit())])
    if (more !== undefined) plot.zero(more)
  },

  /** A comparator beside an equality test of the same difference. */
  comparison(plot) {
    const { random } = plot
    const n = Number(random.between(1n, 4n))
    const top = 1n << BigInt(n)
    const [x, y] = [small(plot, top), small(plot, top)]
    const sum = plot.derive([x, y], (a, b) => top + a - b)
    plot.zero([
      [x, 1n],
      [y, -1n],
      [sum, -1n],
      [0, top],
    ])
    decompose(plot, sum, n + 1)
    const difference = plot.derive([x, y], (a, b) => a - b)
    plot.zero([
      [x, 1n],
      [y, -1n],
      [difference, -1n],
    ])
    const z = plot.derive([difference], (value) => (value === 0n ? 1n : 0n))
    const hint = plot.derive([difference], inverse)
    plot.add(alone(difference), alone(hint), [
      [0, 1n],
      [z, -1n],
    ])
    plot.add(alone(difference), alone(z), [])
  },
}

function small(plot: Plot, below = 4n): number {
  const { random } = plot
  const wire = plot.wire(random.between(0n, below - 1n), random.between(0n, below - 1n))
  if (random.chance(90)) decompose(plot, wire, below.toString(2).length - 1)
  return wire
}

function hotBits({ random }: Plot, count: number, most: number): bigint[] {
  const bits = new Array<bigint>(count).fill(0n)
  for (let i = 0; i < most; i++) bits[Number(random.between(0n, BigInt(count - 1)))] = random.between(0n, 1n)
  return bits
}

function boundByRoots(plot: Plot, wire: number): void {
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
function decompose(plot: Plot, number: number, n: number): void {
  const values = plot.values[number]!
  if (values.every((value) => value < 1n << BigInt(n))) decomposeInto(plot, number, values, n)
}

/** Bits of integers that are congruent to the number; at times all of them upside down. */
function decomposeInto(plot: Plot, number: number, [first, second]: Two, n: number): void {
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

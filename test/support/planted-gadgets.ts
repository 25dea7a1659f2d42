import { reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import type { Terms } from './constraint-rows.ts'
import { alone, decompose, decomposeInto, hotBits, inverse, small } from './planted-numbers.ts'
import type { Plot, Two } from './planted-systems.ts'

/** Shapes of gadgets, sound ones and such as look like them; see `SHAPES`. */
export const GADGETS: Readonly<Record<string, (plot: Plot) => void>> = {
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

  /** A test for zero of what is always 0; at times something else reads its hint. */
  annulledTest(plot) {
    const { random } = plot
    const value = random.chance(80) ? 0n : plot.value()
    const [x, hint] = [plot.wire(value, value), plot.innerWire(plot.value(), plot.value())]
    plot.zero([
      [x, 1n],
      [0, -value],
    ])
    const factor = random.chance(80) ? alone(hint) : [...alone(hint), ...alone(plot.any())]
    const [first, second] = plot.evaluate(factor)
    const z = plot.innerWire(1n - value * first, 1n - value * second)
    plot.add(alone(x), factor, [
      [0, 1n],
      [z, -1n],
    ])
    const other = plot.any()
    if (random.chance(20)) plot.add(alone(hint), alone(other), alone(plot.derive([hint, other], (a, b) => a * b)))
    if (random.chance(20))
      plot.zero([
        ...alone(hint),
        ...alone(
          plot.derive([hint], (one) => one),
          -1n,
        ),
      ])
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

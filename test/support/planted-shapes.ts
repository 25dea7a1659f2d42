import type { Terms } from './constraint-rows.ts'
import { GADGETS } from './planted-gadgets.ts'
import { GUARDS } from './planted-guards.ts'
import { LIMBS } from './planted-limbs.ts'
import { alone, boundByRoots, decompose, inverse, ONE } from './planted-numbers.ts'
import { RADIX } from './planted-radix.ts'
import type { Plot } from './planted-systems.ts'

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
  ...GADGETS,
  ...GUARDS,
  ...LIMBS,
  ...RADIX,
}

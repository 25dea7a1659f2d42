import { reduce } from '../../protocol/field.ts'
import type { Terms } from './constraint-rows.ts'
import { alone, inverse, ONE } from './planted-numbers.ts'
import type { Plot, Two } from './planted-systems.ts'

const times = (form: Terms, k: bigint): Terms => form.map(([wire, c]) => [wire, reduce(c * k)] as const)
const quotientOf = (plot: Plot, rest: bigint, divisor: bigint) =>
  divisor === 0n ? plot.value() : rest * inverse(divisor)

/** Says somewhere that a wire is never 0, if it is so in both witnesses; or something that only looks like it. */
function guard(plot: Plot, wire: number): void {
  const { random } = plot
  const values = plot.values[wire]!
  if (values.includes(0n)) return
  const invert = (one: number): void => {
    const [x, y] = plot.values[one]!
    plot.add(alone(one), alone(plot.innerWire(inverse(x), inverse(y))), ONE)
  }
  random.pick([
    () => invert(wire),
    () => {
      // A zero test, and a row that says that its result is 0.
      const z = plot.innerWire(0n, 0n)
      plot.add(alone(wire), alone(plot.innerWire(inverse(values[0]), inverse(values[1]))), [
        [0, 1n],
        [z, -1n],
      ])
      plot.add(alone(wire), alone(z), [])
      if (random.chance(50)) return plot.zero(alone(z))
      const other = plot.innerWire(0n, 0n)
      plot.boolean(other)
      plot.zero([...alone(z), ...alone(other)])
    },
    () => {
      const other = plot.any()
      const product = plot.derive([wire, other], (x, y) => reduce(x * y))
      plot.add(alone(wire), alone(other), alone(product))
      if (!plot.values[product]!.includes(0n)) invert(product)
    },
  ])()
}

/** Shapes about divisors that other rows show not to be 0; see `SHAPES`. */
export const GUARDS: Readonly<Record<string, (plot: Plot) => void>> = {
  /** A form, a wire that is a multiple of it, a guard of that wire, and a quotient by the form or another one. */
  guardedQuotient(plot) {
    const { random } = plot
    const form = plot.form(2)
    const k = plot.coefficient()
    const [x, y] = plot.evaluate(form)
    const wire = plot.innerWire(x * inverse(k), y * inverse(k))
    plot.zero([...form, ...alone(wire, -k)])
    guard(plot, wire)
    const divisor = random.chance(80) ? times(form, plot.coefficient()) : plot.form(2)
    const values = plot.evaluate(divisor)
    const rest = values.includes(0n) ? 0n : plot.value()
    const quotient = plot.innerWire(quotientOf(plot, rest, values[0]), quotientOf(plot, rest, values[1]))
    const more = plot.wire(rest, rest)
    if (random.chance(50)) plot.add(divisor, alone(quotient), alone(more))
    else plot.add(alone(quotient), divisor, alone(more))
  },

  /** q * (y - c) = k * (y - e), or the same with rows of their own for what stands there. */
  contradiction(plot) {
    const { random } = plot
    const y = random.chance(70) ? plot.agreed() : plot.any()
    const values = plot.values[y]!
    const c = random.chance(50) ? random.pick(values) : plot.value()
    const e = values.includes(c) ? c : random.chance(50) ? c : plot.value()
    const k = plot.coefficient()
    const [divisors, rests] = [values.map((value) => reduce(value - c)), values.map((value) => reduce(k * (value - e)))]
    const quotients = divisors.map((divisor, side) => quotientOf(plot, rests[side]!, divisor))
    const quotient = plot.innerWire(quotients[0]!, quotients[1]!)
    const own = (form: Terms): Terms => {
      if (random.chance(60)) return form
      const [one, other] = plot.evaluate(form)
      const wire = plot.wire(one, other)
      plot.zero([...form, ...alone(wire, -1n)])
      return alone(wire)
    }
    const divisor = own([...alone(y), [0, -c]])
    const rest = own([...alone(y, k), [0, -k * e]])
    plot.add(alone(quotient), divisor, rest)
  },

  /** (1 + d b g) * q = b + g, as on an Edwards curve, where 1 + d b g may be 0 and b + g with it. */
  edwards(plot) {
    const { random } = plot
    const b = plot.value() || 1n
    const g = random.chance(60) ? reduce(-b) : plot.value()
    const [first, second] = [plot.wire(b, b), plot.wire(g, g)]
    const product = plot.wire(b * g, b * g)
    plot.add(alone(first), alone(second), alone(product))
    const isFlat = random.chance(50) && reduce(b + g) === 0n
    const d = isFlat ? reduce(-inverse(b * g)) : plot.value()
    const divisor: Terms = [
      [0, 1n],
      [product, d],
    ]
    const [value] = plot.evaluate(divisor)
    const rest = reduce(b + g)
    if (value === 0n && rest !== 0n) return
    const two: Two = [quotientOf(plot, rest, value), quotientOf(plot, rest, value)]
    plot.add(divisor, alone(plot.innerWire(...two)), [...alone(first), ...alone(second)])
  },
}

import { divide } from '../../protocol/field.ts'
import { fromField } from '../../protocol/numbers.ts'
import { BITS, PPM, YEAR } from '../../protocol/parameters.ts'
import { FINE_BITS } from '../../protocol/risk/logarithm.ts'
import { DEVIATE_BITS } from '../../protocol/risk/normal.ts'
import { isqrt } from '../../protocol/risk/square-root.ts'

/** Finds signals of one instance of a template. */
export interface InstanceSignals {
  /** The path of the instance. */
  readonly path: string
  wire(name: string): number
  wires(name: string): number[]
}

/** What `<--` computes in an instance of a template. */
interface TemplateHint {
  from(signals: InstanceSignals): readonly number[]
  to(signals: InstanceSignals): readonly number[]
  /** The values of `to` by those of `from`, which are canonical. */
  compute(values: readonly bigint[], path: string): readonly bigint[]
}

const named =
  (...names: readonly string[]) =>
  ({ wire }: InstanceSignals) =>
    names.map(wire)

/** What a deviate leaves of a difference of logarithms. */
const CUT = BigInt(FINE_BITS - BITS.fixedPoint - DEVIATE_BITS)

/** Hints by the templates that compute them, as their sources do. */
export const TEMPLATE_HINTS: Readonly<Record<string, readonly TemplateHint[]>> = {
  Divide: [
    {
      from: named('in', 'divisor'),
      to: named('out'),
      compute: ([dividend, divisor]) => [divisor === 0n ? 0n : dividend! / divisor!],
    },
  ],
  ScaledDeviation: [{ from: named('product'), to: named('out'), compute: ([product]) => [product! / PPM] }],
  RootOfQuotient: [
    {
      from: named('in'),
      to: named('out'),
      compute: ([value], path) => [isqrt(value! / (/\bDeviation/.test(path) ? PPM * PPM * YEAR : 1n))],
    },
  ],
  Logarithm: [
    {
      from: named('in'),
      to: ({ wires }) => wires('bit'),
      compute: ([value]) => {
        let places = 0n
        while (value! << places < 1n << BigInt(BITS.price - 1) && places < BigInt(BITS.price - 1)) places++
        return Array.from({ length: 6 }, (_, i) => (places >> BigInt(i)) & 1n)
      },
    },
  ],
  Deviates: [
    {
      from: named('distance', 'divisor'),
      to: named('dropped', 'rest', 'y'),
      compute: ([distance, divisor]) => {
        const kept = distance! >> CUT
        const [rest, y] = divisor === 0n ? [0n, 0n] : [kept % divisor!, kept / divisor!]
        return [distance! & ((1n << CUT) - 1n), rest, y]
      },
    },
  ],
  SignedBits: [
    { from: named('in'), to: named('negative'), compute: ([value]) => [fromField(value!) < 0n ? 1n : 0n] },
    {
      from: named('in', 'negative'),
      to: named('inverse'),
      compute: ([value, negative]) => [value === 0n ? 0n : divide(negative!, value!)],
    },
  ],
}

import { FIELD } from '../../../protocol/numbers.ts'
import type { Pair } from './pair.ts'

type Numbers = Readonly<Record<string, bigint>>

const BITS = 16
const most = (1n << BigInt(BITS)) - 1n
const fits = (...values: (bigint | undefined)[]) => values.every((value) => value! >= 0n && value! <= most)
const bits = BITS

export const RANGE: readonly Pair[] = [
  {
    class: 'missing range check',
    file: 'range.circom',
    bug: 'UnboundedLess',
    twin: 'BoundedLess',
    args: [BITS],
    planted: 'LessThan on numbers of any size',
    inputs: { a: [], b: [] },
    outputs: [],
    sample: { a: 5n, b: 6n },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: { a: { bits }, b: { bits } },
        legal: ({ a, b }: Numbers) => (fits(a, b) ? a! < b! || 'NOT_BELOW' : 'OUT_OF_RANGE'),
      },
    },
  },
  {
    class: 'missing range check',
    file: 'range.circom',
    bug: 'WrappingSum',
    twin: 'BoundedSum',
    args: [BITS],
    planted: 'a sum whose terms may be "negative"',
    inputs: { a: [], b: [], limit: [] },
    outputs: [],
    sample: { a: 1n, b: 2n, limit: most },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: { a: { bits }, b: { bits }, limit: { bits } },
        legal: ({ a, b, limit }: Numbers) => (fits(a, b, limit) ? a! + b! <= limit! || 'ABOVE_LIMIT' : 'OUT_OF_RANGE'),
      },
    },
  },
  {
    class: 'missing range check',
    file: 'range.circom',
    bug: 'UnboundedChange',
    twin: 'BoundedChange',
    args: [BITS],
    planted: 'a signed change, and the balance before it, of any size',
    inputs: { before: [], change: [] },
    outputs: ['after'],
    sample: { before: 10n, change: FIELD - 10n },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: { before: { bits }, change: { bits, signed: true } },
        legal: ({ before, change }: Numbers) =>
          fits(before, before! + change!) && change! >= -most - 1n && change! <= most,
        outputs: ({ before, change }: Numbers) => ({ after: before! + change! }),
      },
    },
  },
  {
    class: 'missing range check',
    file: 'range.circom',
    bug: 'AssertedBound',
    twin: 'ConstrainedBound',
    args: [BITS],
    planted: 'a bound that only the witness generator asserts',
    inputs: { value: [] },
    outputs: [],
    sample: { value: 1n },
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: { inputs: { value: { bits } }, legal: ({ value }: Numbers) => fits(value) && value! > 0n },
    },
  },
]

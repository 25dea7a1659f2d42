import { divide } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { bits } from './changes.ts'
import type { Pair } from './pair.ts'

export const DIVISION: readonly Pair[] = [
  {
    class: 'division',
    file: 'division.circom',
    bug: 'RateOfAnything',
    twin: 'RateOfSomething',
    args: [],
    planted: '0 / 0 has any quotient',
    inputs: { value: [], size: [] },
    outputs: ['rate'],
    sample: { value: 84n, size: 2n },
    shown: { by: 'determinism', input: { value: 0n, size: 0n }, changes: { rate: 42n } },
  },
  {
    class: 'division',
    file: 'division.circom',
    bug: 'LooseRemainder',
    twin: 'TightRemainder',
    args: [8],
    planted: 'the remainder is not held below the divisor',
    inputs: { dividend: [], divisor: [] },
    outputs: ['quotient', 'remainder'],
    sample: { dividend: 100n, divisor: 7n },
    shown: {
      by: 'determinism',
      changes: {
        quotient: 13n,
        remainder: 9n,
        ...bits('quotientBits', 13n, 8),
        ...bits('remainderBits', 9n, 8),
      },
    },
  },
  {
    class: 'division',
    file: 'division.circom',
    bug: 'WrappingTenth',
    twin: 'BoundedTenth',
    args: [16],
    planted: 'the quotient has no bound, so that it can be a fraction of the field',
    inputs: { dividend: [] },
    outputs: ['quotient'],
    sample: { dividend: 65_535n },
    shown: {
      by: 'determinism',
      changes: {
        quotient: divide(65_535n - 4n + FIELD, 10n),
        remainder: 4n,
        rest: 5n,
        ...bits('remainderBits', 4n, 4),
        ...bits('restBits', 5n, 4),
      },
    },
  },
]

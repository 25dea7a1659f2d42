import { FIELD } from '../../../protocol/numbers.ts'
import { bits } from './changes.ts'
import type { Pair } from './pair.ts'

const digitOf = (x: bigint, i: number) => (x / 5n ** BigInt(i)) % 5n

/** The digits below 5 of a number, with their bits, and the sums of Horner's rule. */
function hornerChanges(x: bigint, n: number): Record<string, bigint> {
  const changes: Record<string, bigint> = {}
  for (let i = 0; i < n; i++) {
    changes[`digits[${i}]`] = digitOf(x, i)
    changes[`horner.sums[${i}]`] = (x / 5n ** BigInt(i)) % FIELD
    changes[`horner.below[${i}].sum`] = digitOf(x, i) + 3n
    Object.assign(changes, bits(`horner.below[${i}].own`, digitOf(x, i), 3))
    Object.assign(changes, bits(`horner.below[${i}].more`, digitOf(x, i) + 3n, 3))
  }
  return changes
}

export const DIGITS: readonly Pair[] = [
  {
    class: 'missing range check',
    file: 'digits.circom',
    bug: 'DigitOfBits',
    twin: 'DigitBelowFive',
    args: [],
    planted: 'a digit below 5 has three bits, and may be 5',
    inputs: { x: [] },
    outputs: ['digits[0]', 'digits[1]', 'digits[2]'],
    sample: { x: 55n },
    shown: {
      by: 'determinism',
      changes: {
        'digits[0]': 5n,
        'digits[1]': 0n,
        ...bits('bits', 5n, 3),
        ...bits('below[0].own', 0n, 3),
        'below[0].sum': 3n,
        ...bits('below[0].more', 3n, 3),
        fives: 0n,
      },
    },
  },
  {
    class: 'alias',
    file: 'digits.circom',
    bug: 'TooManyDigits',
    twin: 'AsManyDigits',
    args: [],
    planted: 'as many digits as reach beyond the field prime: x has two representations',
    inputs: { x: [] },
    outputs: ['digits[0]', 'digits[1]'],
    sample: { x: 1234n },
    shown: { by: 'determinism', changes: hornerChanges(1234n + FIELD, 110) },
  },
]

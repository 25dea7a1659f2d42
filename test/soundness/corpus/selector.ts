import { FIELD } from '../../../protocol/numbers.ts'
import type { Pair } from './pair.ts'

const values = [100n, 200n, 300n, 400n]

export const SELECTOR: readonly Pair[] = [
  {
    class: 'non-boolean selector',
    file: 'selector.circom',
    bug: 'TwoHot',
    twin: 'OneHotPick',
    args: [4],
    planted: 'two places may be hot',
    inputs: { index: [], values: [4] },
    outputs: ['out'],
    sample: { index: 3n, values },
    shown: {
      by: 'determinism',
      changes: {
        'hot[1]': 1n,
        'hot[2]': 1n,
        'hot[3]': 0n,
        'terms[1]': 200n,
        'terms[2]': 300n,
        'terms[3]': 0n,
        out: 500n,
      },
    },
  },
  {
    class: 'non-boolean selector',
    file: 'selector.circom',
    bug: 'AnyHot',
    twin: 'OneHotPickOfThree',
    args: [3],
    planted: 'the indicators need not be 0 or 1',
    inputs: { index: [], values: [3] },
    outputs: ['out'],
    sample: { index: 0n, values: [100n, 200n, 400n] },
    shown: {
      by: 'determinism',
      changes: {
        'hot[0]': 2n,
        'hot[1]': FIELD - 2n,
        'hot[2]': 1n,
        'terms[0]': 200n,
        'terms[1]': FIELD - 400n,
        'terms[2]': 400n,
        out: 200n,
      },
    },
  },
]

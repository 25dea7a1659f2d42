import { FIELD } from '../../../protocol/numbers.ts'
import { bits } from './changes.ts'
import type { Pair } from './pair.ts'

const SMALL = 12_345n
const SPELT_LONGER = SMALL + FIELD

export const ALIAS: readonly Pair[] = [
  {
    class: 'alias',
    file: 'alias.circom',
    bug: 'AliasedParity',
    twin: 'StrictParity',
    args: [],
    planted: 'x + r has 254 bits too, and the other parity',
    inputs: { x: [] },
    outputs: ['odd'],
    sample: { x: SMALL },
    shown: { by: 'determinism', changes: { odd: 0n, ...bits('bits', SPELT_LONGER, 254) } },
  },
  {
    class: 'alias',
    file: 'alias.circom',
    bug: 'AliasedLimbs',
    twin: 'StrictLimbs',
    args: [],
    planted: 'the limbs have 254 bits together',
    inputs: { x: [] },
    outputs: ['low', 'high'],
    sample: { x: SMALL },
    shown: {
      by: 'determinism',
      changes: {
        low: SPELT_LONGER % (1n << 128n),
        high: SPELT_LONGER >> 128n,
        ...bits('lowBits', SPELT_LONGER, 128),
        ...bits('highBits', SPELT_LONGER >> 128n, 126),
      },
    },
  },
]

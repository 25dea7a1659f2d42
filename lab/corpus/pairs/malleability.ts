import { SUBGROUP_ORDER } from '../../../protocol/crypto/baby-jubjub.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { bits } from './changes.ts'
import type { Pair } from './pair.ts'

const X = SUBGROUP_ORDER + 77n

export const MALLEABILITY: readonly Pair[] = [
  {
    class: 'malleability',
    file: 'malleability.circom',
    bug: 'UnreducedScalar',
    twin: 'ReducedScalar',
    args: [],
    planted: 'scalar + l, l being the order of the subgroup, passes for the scalar',
    inputs: { x: [] },
    outputs: ['scalar'],
    sample: { x: X },
    shown: {
      by: 'determinism',
      changes: { times: 0n, scalar: X, ...bits('timesBits', 0n, 2), ...bits('scalarBits', X, 252) },
    },
  },
  {
    class: 'malleability',
    file: 'malleability.circom',
    bug: 'TwoTags',
    twin: 'OneTag',
    args: [],
    planted: 'an amount splits into limbs in two ways, which gives it two tags',
    inputs: { key: [], amount: [] },
    outputs: ['tag'],
    sample: { key: 1_000n, amount: 0x0705n },
    shown: {
      by: 'determinism',
      changes: {
        low: 0x105n,
        high: 6n,
        ...bits('lowBits', 0x105n, 9),
        ...bits('highBits', 6n, 8),
        tag: (1_261n * 994n) % FIELD,
      },
    },
  },
]

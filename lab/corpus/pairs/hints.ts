import { FIELD } from '../../../protocol/numbers.ts'
import type { Pair } from './pair.ts'

export const HINTS: readonly Pair[] = [
  {
    class: 'several valid witnesses',
    file: 'hints.circom',
    bug: 'EitherRoot',
    twin: 'SmallRoot',
    args: [8],
    planted: 'the sign of a square root is free',
    inputs: { from: [], to: [] },
    outputs: ['distance'],
    sample: { from: 12n, to: 200n },
    shown: { by: 'determinism', changes: { distance: FIELD - 188n } },
  },
  {
    class: 'several valid witnesses',
    file: 'hints.circom',
    bug: 'SomeIndex',
    twin: 'FirstIndex',
    args: [4],
    planted: 'any place that holds the wanted value passes for the first',
    inputs: { values: [4], wanted: [] },
    outputs: ['index'],
    sample: { values: [9n, 5n, 9n, 5n], wanted: 5n },
    shown: { by: 'determinism', changes: { 'hot[1]': 0n, 'hot[3]': 1n, index: 3n } },
  },
  {
    class: 'several valid witnesses',
    file: 'hints.circom',
    bug: 'HintOfZeroAdded',
    twin: 'TestOfZeroAdded',
    args: [],
    planted: 'the hint of a test for zero of what is always 0 is read',
    inputs: { x: [] },
    outputs: ['out'],
    sample: { x: 5n },
    shown: { by: 'determinism', changes: { hint: 2n, out: 7n } },
  },
]

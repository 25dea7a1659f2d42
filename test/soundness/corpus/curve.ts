import { divide } from '../../../audit/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import type { Pair } from './pair.ts'

const half = divide(1n, 2n)

export const CURVE: readonly Pair[] = [
  {
    class: 'EdDSA',
    file: 'curve.circom',
    bug: 'AnyChord',
    twin: 'OneChord',
    args: [],
    planted: 'the chord through two equal points has any slope',
    inputs: { u1: [], v1: [], u2: [], v2: [] },
    outputs: ['u3', 'v3'],
    sample: { u1: 1n, v1: 2n, u2: 3n, v2: 8n },
    shown: {
      by: 'determinism',
      input: { u1: 5n, v1: 7n, u2: 5n, v2: 7n },
      // slope 1: u3 = 1 - 168698 - 10, v3 = (5 - u3) - 7
      changes: { slope: 1n, u3: FIELD - 168_707n, v3: 168_705n },
    },
  },
  {
    class: 'EdDSA',
    file: 'curve.circom',
    bug: 'SquareCoefficient',
    twin: 'CompleteSum',
    args: [],
    planted: 'where the denominator of the addition law vanishes, the sum is any point',
    inputs: { x1: [], y1: [], x2: [], y2: [] },
    outputs: ['x3', 'y3'],
    sample: { x1: 0n, y1: 1n, x2: 0n, y2: 1n },
    shown: {
      by: 'determinism',
      input: { x1: 1n, y1: FIELD - half, x2: 1n, y2: half },
      changes: { x3: 99n },
    },
  },
]

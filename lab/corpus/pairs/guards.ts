import { quadraticRoots, squareRoot } from '../../../audit/field.ts'
import { divide, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import type { Pair } from './pair.ts'

const A = 168_698n
const half = divide(1n, 2n)
/** Where the tangent's slope is 0 / 0: 3 u^2 + 2 A u + 1 = 0. */
const flat = (quadraticRoots(3n, 2n * A, 1n) as readonly bigint[])[0]!

/** Divisors that are shown not to be 0 in other constraints than the division's. */
export const GUARDS: readonly Pair[] = [
  {
    class: 'division',
    file: 'guards.circom',
    bug: 'GuardedElsewhere',
    twin: 'GuardedChord',
    args: [],
    planted: 'the guard compares other coordinates than those whose difference is the divisor',
    inputs: { u1: [], v1: [], u2: [], v2: [] },
    outputs: ['u3', 'v3'],
    sample: { u1: 1n, v1: 2n, u2: 3n, v2: 8n },
    shown: {
      by: 'determinism',
      input: { u1: 5n, v1: 7n, u2: 5n, v2: 7n },
      // slope 1: u3 = 1 - A - 10, v3 = (5 - u3) - 7
      changes: { slope: 1n, u3: FIELD - A - 9n, v3: A + 7n },
    },
  },
  {
    class: 'division',
    file: 'guards.circom',
    bug: 'TangentGuardedByU',
    twin: 'TangentGuardedByV',
    args: [],
    planted: 'the guard of a doubling is about u, and the divisor is 2 v',
    inputs: { u: [], v: [] },
    outputs: ['u3', 'v3'],
    sample: { u: 1n, v: 2n },
    shown: {
      by: 'determinism',
      isHard: true,
      input: { u: flat, v: 0n },
      changes: { slope: 1n, u3: reduce(1n - A - 2n * flat), v3: reduce(flat - (1n - A - 2n * flat)) },
    },
  },
  {
    class: 'EdDSA',
    file: 'guards.circom',
    bug: 'ToMontgomery',
    twin: 'ToMontgomeryGuarded',
    args: [],
    planted: 'the point (0, -1) has no coordinate v, and gets any',
    inputs: { x: [], y: [] },
    outputs: ['u', 'v'],
    sample: { x: 2n, y: 3n },
    shown: { by: 'determinism', input: { x: 0n, y: FIELD - 1n }, changes: { v: 42n } },
  },
  {
    class: 'division',
    file: 'guards.circom',
    bug: 'HalfGuardedSum',
    twin: 'GuardedSum',
    args: [],
    planted: 'of two denominators, one is looked at twice',
    inputs: { x1: [], y1: [], x2: [], y2: [] },
    outputs: ['x3', 'y3'],
    sample: { x1: 0n, y1: 1n, x2: 0n, y2: 1n },
    shown: { by: 'determinism', input: { x1: 1n, y1: FIELD - half, x2: 1n, y2: half }, changes: { x3: 99n } },
  },
  {
    class: 'division',
    file: 'guards.circom',
    bug: 'SquareDivisor',
    twin: 'NonSquareDivisor',
    args: [],
    planted: 'a divisor that seems to be never 0 is, because -1 is a square',
    inputs: { b: [] },
    outputs: ['x'],
    sample: { b: 3n },
    shown: { by: 'determinism', input: { b: squareRoot(divide(-1n, 4n))! }, changes: { x: 5n } },
  },
]

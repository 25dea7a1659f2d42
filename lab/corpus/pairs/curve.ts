import type { BoundaryModel } from '../../../audit/boundary-model.ts'
import { divide, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { smallOrderPoint, timesBase } from '../../instances/raw-signature.ts'
import type { Pair } from './pair.ts'

type Point = { readonly x: bigint; readonly y: bigint }

const base = timesBase(1n)
const points: readonly Point[] = [
  base,
  timesBase(12_345n),
  ...([1, 2, 4, 8] as const).map(smallOrderPoint),
  { x: base.x + 1n, y: base.y },
]

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
  {
    class: 'EdDSA',
    file: 'curve.circom',
    bug: 'AnyPoint',
    twin: 'CurvePoint',
    args: [],
    planted: 'a point off the curve',
    inputs: { x: [], y: [] },
    outputs: ['x8', 'y8'],
    sample: base,
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: { x: { bits: 253 }, y: { bits: 253 } },
        legal: (point: Point) => isOnCurve(point) || 'OFF_CURVE',
        outputs: (point: Point) => {
          const { x, y } = timesEight(point)
          return { x8: x, y8: y }
        },
        cases: points,
      } satisfies BoundaryModel<Point>,
    },
  },
  {
    class: 'EdDSA',
    file: 'curve.circom',
    bug: 'NotIdentity',
    twin: 'NotSmallOrder',
    args: [],
    planted: 'points of order 2, 4 and 8',
    inputs: { x: [], y: [] },
    outputs: [],
    sample: base,
    shown: {
      by: 'boundary',
      finds: 'ACCEPTED_ILLEGAL',
      model: {
        inputs: { x: { bits: 253 }, y: { bits: 253 } },
        legal: (point: Point) => {
          if (!isOnCurve(point)) return 'OFF_CURVE'
          return timesEight(point).y !== 1n || 'SMALL_ORDER'
        },
        cases: points,
      } satisfies BoundaryModel<Point>,
    },
  },
]

function isOnCurve({ x, y }: Point): boolean {
  const [xx, yy] = [x * x, y * y]
  return reduce(168_700n * xx + yy - 1n - 168_696n * xx * yy) === 0n
}

function timesEight(point: Point): Point {
  return double(double(double(point)))
}

/** On the curve, neither denominator is 0. */
function double({ x, y }: Point): Point {
  const product = 168_696n * x * x * y * y
  return {
    x: divide(2n * x * y, 1n + product),
    y: divide(y * y - 168_700n * x * x, 1n - product),
  }
}

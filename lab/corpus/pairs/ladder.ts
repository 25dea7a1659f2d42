import { OFF_CURVE } from '../../../audit/curve/off-curve.ts'
import { addPoints, BASE, multiplyPoint, type Point, SUBGROUP_ORDER } from '../../../protocol/crypto/baby-jubjub.ts'
import { divide, reduce } from '../../../protocol/field.ts'
import { smallOrderPoint } from '../../instances/raw-signature.ts'
import type { Pair } from './pair.ts'

const A = 168_698n

interface Montgomery {
  readonly u: bigint
  readonly v: bigint
}

const two = toMontgomery(addPoints(BASE, BASE))
const minusThree = toMontgomery(multiplyPoint(BASE, SUBGROUP_ORDER - 3n))
const one = toMontgomery(BASE)
/** Where the line through B and 2 B meets -3 B: B + s (2 B - B), by coordinates. */
const onLine = divide(minusThree.u - one.u, two.u - one.u)

const third = pointOfOrder3(1n)
const seventh = OFF_CURVE[0]!

export const LADDER: readonly Pair[] = [
  {
    class: 'EdDSA',
    file: 'ladder.circom',
    bug: 'FiveTimesAny',
    twin: 'FiveTimesPoint',
    args: [],
    planted: 'a step adds two points that may be equal on another curve',
    inputs: { x: [], y: [] },
    outputs: ['u', 'v'],
    sample: { ...toEdwards(third) },
    twinSample: { ...BASE },
    shown: { by: 'determinism', changes: sumByAnySlope(third, 1n) },
  },
  {
    class: 'EdDSA',
    file: 'ladder.circom',
    bug: 'AnyToMontgomery',
    twin: 'PointToMontgomery',
    args: [],
    planted: 'the point of order 2 has any v in Montgomery form',
    inputs: { x: [], y: [] },
    outputs: ['u', 'v'],
    sample: { ...smallOrderPoint(2) },
    twinSample: { ...BASE },
    shown: { by: 'determinism', changes: { v: 7n } },
  },
  {
    class: 'EdDSA',
    file: 'ladder.circom',
    bug: 'DoubleBack',
    twin: 'DoubleBackGuarded',
    args: [],
    planted: 'twice a point of order 4 has any x in Edwards form',
    inputs: { px: [], py: [] },
    outputs: ['x', 'y'],
    sample: { px: smallOrderPoint(4).x, py: smallOrderPoint(4).y },
    twinSample: { px: BASE.x, py: BASE.y },
    shown: { by: 'determinism', changes: { x: 7n } },
  },
  {
    class: 'EdDSA',
    file: 'ladder.circom',
    bug: 'MeetingWindows',
    twin: 'ApartWindows',
    args: [],
    planted: 'windows that overlap: both may choose the same point',
    inputs: { s0: [], s1: [] },
    outputs: ['u', 'v'],
    sample: { s0: 0n, s1: 0n },
    shown: { by: 'determinism', input: { s0: 1n, s1: 0n }, changes: sumByAnySlope(two, 1n) },
  },
  {
    class: 'EdDSA',
    file: 'ladder.circom',
    bug: 'ChosenByAny',
    twin: 'ChosenByBit',
    args: [],
    planted: 'a selector that is no bit chooses a third point',
    inputs: { s: [] },
    outputs: ['u', 'v'],
    sample: { s: onLine },
    twinSample: { s: 1n },
    shown: { by: 'determinism', changes: sumByAnySlope(minusThree, 1n) },
  },
  {
    class: 'EdDSA',
    file: 'ladder.circom',
    bug: 'UnsignedRoot',
    twin: 'SignedRoot',
    args: [],
    planted: 'nothing says which of two roots is meant',
    inputs: { y: [], sign: [] },
    outputs: ['x'],
    sample: { y: BASE.y, sign: 0n },
    shown: { by: 'determinism', changes: { x: reduce(-BASE.x) } },
  },
  {
    class: 'EdDSA',
    file: 'ladder.circom',
    bug: 'SharedKeyOfAny',
    twin: 'SharedKeyOfPoint',
    args: [4],
    planted: 'a ladder takes what is no point of the curve, and adds two that are equal on another one',
    inputs: { key: [], x: [], y: [] },
    outputs: ['sharedX', 'sharedY'],
    sample: { key: seventh.scalar, x: seventh.x, y: seventh.y },
    twinSample: { key: 5n, ...BASE },
    shown: { by: 'determinism', changes: sharedKeyByAnySlope(seventh, 1n) },
  },
]

/** Of order 3 on another curve: the tangent of that slope meets it nowhere else, so that u(2 P) = u(P). */
function pointOfOrder3(slope: bigint): Montgomery {
  const u = divide(reduce(slope * slope - A), 3n)
  return { u, v: divide(reduce(3n * u * u + 2n * A * u + 1n), 2n * slope) }
}

/** What MontgomeryAdd makes of a point and itself with a slope of one's choice. */
function sumByAnySlope({ u, v }: Montgomery, slope: bigint): Record<string, bigint> {
  const sum = reduce(slope * slope - A - 2n * u)
  return { 'sum.lamda': slope, u: sum, v: reduce(slope * (u - sum) - v) }
}

/** All signals of SharedKeyOfAny that depend on the slope by which it adds 8 P and P, with 7 P = 0 on another curve. */
function sharedKeyByAnySlope({ x, y }: Point, slope: bigint): Record<string, bigint> {
  const sum = sumByAnySlope(toMontgomery({ x, y }), slope)
  const back = toEdwards({ u: sum.u!, v: sum.v! })
  // BabyAdd of that and -P, as the lowest bit of the key is 0.
  const [beta, gamma] = [reduce(back.x * y), reduce(-back.y * x)]
  const [delta, tau] = [reduce((back.y - 168_700n * back.x) * (y - x)), reduce(beta * gamma)]
  const out = {
    x: divide(reduce(beta + gamma), reduce(1n + 168_696n * tau)),
    y: divide(reduce(delta + 168_700n * beta - gamma), reduce(1n - 168_696n * tau)),
  }
  const segment = 'multiple.segments[0]'
  const named = (prefix: string, values: readonly bigint[]) =>
    Object.fromEntries(values.map((value, i) => [`${prefix}[${i}]`, value]))
  return {
    [`${segment}.bits[2].adder.lamda`]: slope,
    ...named(`${segment}.bits[2].adder.out`, [sum.u!, sum.v!]),
    ...named(`${segment}.bits[2].selector.out`, [sum.u!, sum.v!]),
    ...named(`${segment}.m2e.out`, [back.x, back.y]),
    [`${segment}.eadder.beta`]: beta,
    [`${segment}.eadder.gamma`]: gamma,
    [`${segment}.eadder.delta`]: delta,
    [`${segment}.eadder.tau`]: tau,
    [`${segment}.eadder.xout`]: out.x,
    [`${segment}.eadder.yout`]: out.y,
    ...named(`${segment}.lastSel.out`, [out.x, out.y]),
    ...named('multiple.out', [out.x, out.y]),
    sharedX: out.x,
    sharedY: out.y,
  }
}

function toMontgomery({ x, y }: Point): Montgomery {
  const u = divide(1n + y, reduce(1n - y))
  return { u, v: divide(u, x) }
}

function toEdwards({ u, v }: Montgomery): Point {
  return { x: divide(u, v), y: divide(reduce(u - 1n), reduce(u + 1n)) }
}

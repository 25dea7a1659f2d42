import { divide } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import {
  DIVISOR,
  limbComparators,
  limbComparatorsTo,
  limbProduct,
  limbProductByConstant,
  limbsLess,
  limbsLessThan,
  limbValues,
} from './limb-systems.ts'
import { belowBase, chain, digitValues, spreadSum, spreadSumFromTop, spreadValues } from './radix-systems.ts'
import {
  below,
  bit,
  bitsOf,
  booleans,
  type Cases,
  digits,
  division,
  gates,
  half,
  hot,
  type NearMiss,
  powers,
  ranged,
  type Values,
} from './rule-systems.ts'

const roots = (root: bigint) => `(x - ${root}) * (x + ${root}) = 0`
const wide = 1000n
const wrapped = FIELD + 100n

/** Two witnesses in which q is what it likes. */
const anyQuotient = (values: Values): readonly [Values, Values] => [
  { ...values, q: 0n },
  { ...values, q: 1n },
]

/**
 * 78 = 5 * 15 + 3 = 4 * 15 + 18 in limbs of three bits: the lower limbs of both remainders are less than that of 15. Or another
 * divisor, with the lesser remainder.
 */
const limbs = (
  constraints: readonly string[],
  more: readonly [Values, Values] = [{}, {}],
  [divisor, remainder] = [15n, 3n],
): NearMiss => ({
  inputs: ['n0', 'n1', 'n2', 'n3', 'd0', 'd1'],
  out: 'q0',
  constraints: [...limbProduct, ...limbComparators, ...constraints],
  witnesses: [
    { ...limbValues(5n, remainder, divisor), ...more[0] },
    { ...limbValues(4n, remainder + divisor, divisor), ...more[1] },
  ],
})

/** 20 = 5 * 0 + 20 = 4 * 0 + 20: the remainder is an input, and the divisor may be 0. */
const limbsByZero = (constraints: readonly string[], more: Values = {}): NearMiss => ({
  inputs: ['n0', 'n1', 'n2', 'n3', 'd0', 'd1', 'r0', 'r1'],
  out: 'q0',
  constraints: [...limbProduct, ...limbComparators, ...constraints],
  witnesses: [
    { ...limbValues(5n, 20n, 0n), ...more },
    { ...limbValues(4n, 20n, 0n), ...more },
  ],
})

/** 148 = 5 * 29 + 3 = 4 * 29 + 32, with comparators to a bound. */
const constantLimbs = (constraints: readonly string[], bound = DIVISOR): NearMiss => {
  const at = (q: bigint, r: bigint): Values => {
    const values = limbValues(q, r, DIVISOR, bound)
    const [l0, l1] = [1n - values.s03!, 1n - values.s13!]
    return { ...values, l0, l1, u: values.z0! * l1 }
  }
  return {
    inputs: ['n0', 'n1', 'n2', 'n3'],
    out: 'q0',
    constraints: [...limbProductByConstant, ...constraints],
    witnesses: [at(5n, 3n), at(4n, 32n)],
  }
}

/** Systems whose output is free, by the rule that all but shows the contrary. */
export const FREE: Cases<NearMiss> = {
  linear: {
    'two unknowns in a sum': { inputs: ['x'], out: 'y', constraints: ['x + y - u = 0'] },
    // UNUSED, so that no forgery is looked for.
    'a sum in which the output cancels': {
      inputs: ['x'],
      out: 'y',
      constraints: ['x + y - y - u = 0'],
      witnesses: [
        { x: 5n, u: 5n, y: 0n },
        { x: 5n, u: 5n, y: 1n },
      ],
    },
  },
  factor: {
    'a quotient by an input': { inputs: ['x', 'k'], out: 'q', constraints: ['k * q = x'] },
    'a quotient by a factor of what may be zero': {
      inputs: ['x', 'k', 'c'],
      out: 'q',
      constraints: ['k * q = x', 'k * i = c'],
    },
    'a quotient by a number in a range with 0': {
      inputs: ['x', 'k'],
      out: 'q',
      constraints: [...ranged('k', 4), '(k - 3) * q = x'],
    },
    'a coefficient that another one may cancel': {
      inputs: ['x', 'k'],
      out: 'q',
      constraints: [...ranged('k', 2), 'k * q = 3 q + x'],
    },
    'a quotient by another form than the one with an inverse': {
      inputs: ['x', 'k'],
      out: 'q',
      constraints: ['(k + 1) * q = x', 'k * i = 1'],
    },
    'a quotient by a range that reaches the field prime': {
      inputs: ['x', 'k'],
      out: 'q',
      constraints: [...ranged('k', 4), `(k + ${FIELD - 9n}) * q = x`],
    },
    'a quotient by a difference where a sum is not 0': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['b + a - y = 0', 'y * i = 1 - z', 'y * z = 0', 'z = 0', '(a - b) * q = x'],
      witnesses: anyQuotient({ x: 0n, a: 1n, b: 1n, y: 2n, i: divide(1n, 2n), z: 0n }),
    },
    'a quotient by a difference with another offset': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['a + 5 - u = 0', '2 b - v = 0', '(v - 2 u) * i = 1', '(a - b) * q = x'],
      witnesses: anyQuotient({ x: 0n, a: 1n, b: 1n, u: 6n, v: 2n, i: divide(-1n, 10n) }),
    },
    'a quotient by a number whose zero test says that it is 0': {
      inputs: ['x', 'a'],
      out: 'q',
      constraints: ['a * i = 1 - z', 'a * z = 0', 'z - 1 = 0', 'a * q = x'],
      witnesses: anyQuotient({ x: 0n, a: 0n, i: 0n, z: 1n }),
    },
    'a quotient by a factor of a product that may be 0': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['(a - b) * (b - 1) = p', 'a * i = 1', '(1 - b) * q = x'],
      witnesses: anyQuotient({ x: 0n, a: 1n, b: 1n, p: 0n, i: 1n }),
    },
    'a quotient by a product of which one factor may be 0': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['a * i = 1', 'a * (b + 1) = p', 'p * q = x'],
      witnesses: anyQuotient({ x: 0n, a: 1n, b: FIELD - 1n, i: 1n, p: 0n }),
    },
    'a quotient that may be 0 / 0': {
      inputs: ['y'],
      out: 'q',
      constraints: ['(1 - y) * q = y - 1'],
      witnesses: anyQuotient({ y: 1n }),
    },
    'a quotient that may be 0 / 0, by other rows': {
      inputs: ['u', 'w'],
      out: 'q',
      constraints: ['u + 1 - s = 0', 'w - 1 - t = 0', 's * q = t'],
      witnesses: anyQuotient({ u: FIELD - 1n, w: 1n, s: 0n, t: 0n }),
    },
    'a quotient that is 0 / 0 because the coefficient of a curve is a square': {
      inputs: ['b', 'g'],
      out: 'q',
      constraints: ['b * g = t', '(1 + 4 t) * q = b + g'],
      witnesses: anyQuotient({ b: divide(1n, 2n), g: divide(-1n, 2n), t: divide(-1n, 4n) }),
    },
    'a quotient by what is 0 if one number is a square': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['a * a = a2', 'b * b = b2', '(a2 - 5) * (b2 - 4) = k', 'k * q = x'],
      witnesses: anyQuotient({ x: 0n, a: 0n, a2: 0n, b: 2n, b2: 4n, k: 0n }),
    },
  },
  'zero-test': {
    'a zero test without its first half': { inputs: ['x'], out: 'z', constraints: ['x * z = 0'] },
    'a zero test without its second half': { inputs: ['x'], out: 'z', constraints: ['x * i = 1 - z'] },
    'halves that test different numbers': { inputs: ['x', 'y'], out: 'z', constraints: ['x * i = 1 - z', 'y * z = 0'] },
    'halves that test different forms': { inputs: ['x'], out: 'z', constraints: ['x * i = 1 - z', '(x + 1) * z = 0'] },
    'a test of a sum in which the result occurs': {
      inputs: ['x'],
      out: 'z',
      constraints: ['(x + z) * i = 1 - z', '(x + z) * z = 0'],
    },
    'a test of an unknown': { inputs: ['y'], out: 'z', constraints: ['x * i = 1 - z', 'x * z = 0', 'y * y = v'] },
    'a result that shares its place': {
      inputs: ['x'],
      out: 'z',
      constraints: ['x * i = 1 - z + u', 'x * z = 0', bit('u')],
    },
  },
  radix: {
    'the bits of a number that fits twice': { inputs: ['x'], out: 'b0', constraints: digits(powers(254)) },
    'equal weights': { inputs: ['x'], out: 'b0', constraints: digits([1n, 1n]) },
    'opposite weights': { inputs: ['x'], out: 'b0', constraints: digits([1n, -1n]) },
    'a weight that is a sum of others': { inputs: ['x'], out: 'b0', constraints: digits([1n, 2n, 3n]) },
    'a weight that is a difference of others': { inputs: ['x'], out: 'b0', constraints: digits([1n, 4n, -3n]) },
    'a digit as wide as the next weight': {
      inputs: ['x'],
      out: 't',
      constraints: [...booleans('a', 3), 'a0 + a1 - t = 0', 't + 2 a2 - x = 0'],
    },
    'a bit that is none': { inputs: ['x'], out: 'b0', constraints: [bit('b0'), bit('b1'), 'b0 + 2 b1 + 4 b2 - x = 0'] },
    'a digit that spans more than its values': {
      inputs: ['x'],
      out: 't',
      constraints: ['t * (t - 2) = 0', bit('b'), 't + 2 b - x = 0'],
    },
    'a digit without a comparison, of a sum over several rows': {
      inputs: ['x'],
      out: 'a',
      constraints: [...ranged('a', 3), ...belowBase('b'), ...belowBase('c'), ...spreadSum],
      witnesses: [spreadValues(5n, 1n, 2n), { ...spreadValues(0n, 2n, 2n) }],
    },
    'a digit that may be the base': {
      inputs: ['x'],
      out: 'a',
      constraints: [...belowBase('a', 6n), ...belowBase('b'), ...belowBase('c'), ...spreadSumFromTop],
      witnesses: [
        { ...spreadValues(5n, 1n, 2n), ...digitValues('a', 5n, 6n), s: 55n },
        { ...spreadValues(0n, 2n, 2n), ...digitValues('a', 0n, 6n), s: 60n },
      ],
    },
    'a digit below the base of which no range keeps it above 0': {
      inputs: ['x'],
      out: 'a',
      constraints: [...belowBase('a').slice(4), ...belowBase('b'), ...belowBase('c'), ...spreadSum],
      witnesses: [spreadValues(4n, 1n, 2n), { ...spreadValues(-1n, 2n, 2n), a: FIELD - 1n, ...bitsOf('at', 2n, 3) }],
    },
    'digits of a sum that wraps around the field prime': {
      inputs: ['x'],
      out: 'a',
      constraints: [...belowBase('a'), ...belowBase('b'), `${divide(3n, 2n)} b - p = 0`, 'a + p - x = 0'],
      witnesses: [
        { ...digitValues('a', 3n), ...digitValues('b', 0n), p: 0n, x: 3n },
        { ...digitValues('a', 0n), ...digitValues('b', 2n), p: 3n, x: 3n },
      ],
    },
    'a digit of a chain whose top is open': {
      inputs: ['x'],
      out: 'a',
      constraints: [...['a', 'b'].flatMap((name) => belowBase(name)), ...chain],
      witnesses: [
        { ...digitValues('a', 0n), ...digitValues('b', 0n), v: 0n, u: 0n, x: 0n },
        { ...digitValues('a', 1n), ...digitValues('b', 0n), v: divide(-1n, 25n), u: divide(-1n, 5n), x: 0n },
      ],
    },
    'a digit of a chain whose top is as wide as the field': {
      inputs: ['x'],
      out: 'a',
      constraints: [...belowBase('a'), ...ranged('u', 252), '5 u + a - x = 0'],
      witnesses: [
        { ...digitValues('a', 0n), ...bitsOf('u', 1n, 252), x: 5n },
        {
          ...digitValues('a', (FIELD + 5n) % 5n),
          ...bitsOf('u', (FIELD + 5n) / 5n, 252),
          x: 5n,
        },
      ],
    },
    'weights that wrap': { inputs: ['x'], out: 'b0', constraints: digits([1n, half, half + 1n]) },
  },
  'one-hot': {
    'a count that is an input': { inputs: ['i', 'n'], out: 'h0', constraints: [...hot, 'h0 + h1 + h2 + h3 - n = 0'] },
    'a count of two': { inputs: ['i'], out: 'h0', constraints: [...hot, 'h0 + h1 + h2 + h3 - 2 = 0'] },
    'a count that is a product of inputs': {
      inputs: ['i', 'n', 'm'],
      out: 'h0',
      constraints: [...hot, 'n * m = h0 + h1 + h2 + h3'],
    },
    'a count that is a sum of two bits': {
      inputs: ['i', 'e', 'f'],
      out: 'h0',
      constraints: [...hot, bit('e'), bit('f'), 'h0 + h1 + h2 + h3 - e - f = 0'],
    },
    'two places of one name': {
      inputs: ['i'],
      out: 'h2',
      constraints: [...booleans('h', 4), 'h1 + 2 h2 + 2 h3 - i = 0', 'h0 + h1 + h2 + h3 - 1 = 0'],
    },
    'two places without a name': {
      inputs: ['i'],
      out: 'h0',
      constraints: [...booleans('h', 5), '2 h2 + 3 h3 + 5 h4 - i = 0', 'h0 + h1 + h2 + h3 + h4 - 1 = 0'],
    },
    'a place without a name that is no bit': {
      inputs: ['i'],
      out: 'h3',
      constraints: [...['h1', 'h2', 'h3'].map(bit), 'h1 + 2 h2 + 3 h3 - i = 0', 'h0 + h1 + h2 + h3 - 1 = 0'],
    },
    'a count that wraps below 0': {
      inputs: ['i', 'n'],
      out: 'h0',
      constraints: [...hot, ...ranged('n', 253), 'h0 + h1 + h2 + h3 - 1 + 2 n = 0'],
      witnesses: [
        { i: 3n, h0: 1n, h1: 0n, h2: 0n, h3: 1n, ...bitsOf('n', half, 253) },
        { i: 3n, h0: 0n, h1: 1n, h2: 1n, h3: 0n, ...bitsOf('n', half, 253) },
      ],
    },
    'a place that is no bit': {
      inputs: ['i'],
      out: 'h1',
      constraints: [...booleans('h', 3), 'h1 + 2 h2 + 3 h3 - i = 0', 'h0 + h1 + h2 + h3 - 1 = 0'],
    },
    'a place that is not counted': {
      inputs: ['i'],
      out: 'h1',
      constraints: [...booleans('h', 4), 'h1 + 2 h2 - h3 - i = 0', 'h0 + h1 + h2 - 1 = 0'],
    },
    'a place that is taken away from the count': {
      inputs: ['i'],
      out: 'h2',
      constraints: [...booleans('h', 4), 'h1 + 2 h2 - 2 h3 - i = 0', 'h0 + h1 + h2 - h3 - 1 = 0'],
    },
  },
  decoder: {
    'two gates that open together': {
      inputs: ['i', 'x'],
      out: 'h1',
      constraints: [...gates.slice(0, 2), 'h2 * (i - 1) = 0', 'h0 + h1 + h2 - x = 0'],
    },
    'gates of two inputs': {
      inputs: ['i', 'j', 'x'],
      out: 'h0',
      constraints: ['h0 * i = 0', 'h1 * (j - 1) = 0', 'h0 + h1 - x = 0'],
    },
    'gates of multiples of an input': {
      inputs: ['i', 'x'],
      out: 'h0',
      constraints: ['h0 * i = 0', 'h1 * 2 i = 0', 'h0 + h1 - x = 0'],
    },
    'one without a gate': {
      inputs: ['i', 'x'],
      out: 'h1',
      constraints: [...gates.slice(0, 2), 'h0 + h1 + h2 - x = 0'],
    },
    'a gate whose product is unknown': {
      inputs: ['i', 'x'],
      out: 'h0',
      constraints: ['h0 * i = u', 'h1 * (i - 1) = 0', 'h0 + h1 - x = 0'],
    },
    'a gate of an unknown': {
      inputs: ['i', 'x'],
      out: 'h0',
      constraints: ['h0 * (i - u) = 0', 'h1 * (i - u - 1) = 0', 'h0 + h1 - x = 0'],
    },
    'a sum that is unknown': { inputs: ['i'], out: 'h1', constraints: [...gates, 'h0 + h1 + h2 - u = 0', bit('u')] },
  },
  division: {
    'a remainder without a bound': { inputs: ['n', 'd'], out: 'q', constraints: ['q * d = n - r', ...division] },
    'a remainder that may be the divisor': {
      inputs: ['n', 'd'],
      out: 'q',
      constraints: ['q * d = n - r', ...division, ...below(12, 0n)],
    },
    'a remainder below another number': {
      inputs: ['n', 'd', 'e'],
      out: 'q',
      constraints: ['q * d = n - r', ...division, ...ranged('s', 12), 'e - r - s - 1 = 0'],
    },
    'a quotient that wraps': {
      inputs: ['n', 'd'],
      out: 'q',
      constraints: ['q * d = n - r', ...ranged('q', 250), ...ranged('r', 12), ...ranged('d', 12), ...below(12, 1n)],
      witnesses: [
        {
          n: 100n,
          ...bitsOf('q', 0n, 250),
          ...bitsOf('r', 100n, 12),
          ...bitsOf('d', wide, 12),
          ...bitsOf('s', 899n, 12),
        },
        {
          n: 100n,
          ...bitsOf('q', wrapped / wide, 250),
          ...bitsOf('r', wrapped % wide, 12),
          ...bitsOf('d', wide, 12),
          ...bitsOf('s', wide - 1n - (wrapped % wide), 12),
        },
      ],
    },
    'a remainder with a bound that wraps': {
      inputs: ['n', 'd'],
      out: 'q',
      constraints: ['q * d = n - r', ...division, ...ranged('s', 253), ...ranged('t', 253), 'd - r - s - t - 1 = 0'],
      witnesses: [
        {
          n: 6n,
          ...bitsOf('q', 3n, 12),
          ...bitsOf('r', 0n, 12),
          ...bitsOf('d', 2n, 12),
          ...bitsOf('s', 1n, 253),
          ...bitsOf('t', 0n, 253),
        },
        {
          n: 6n,
          ...bitsOf('q', 2n, 12),
          ...bitsOf('r', 2n, 12),
          ...bitsOf('d', 2n, 12),
          ...bitsOf('s', (1n << 253n) - 1n, 253),
          ...bitsOf('t', FIELD - (1n << 253n), 253),
        },
      ],
    },
    'a remainder without a range of its own': {
      inputs: ['n', 'd'],
      out: 'q',
      constraints: ['q * d = n - r', ...ranged('q', 12), ...ranged('d', 12), ...below(12, 1n)],
      // r = -1, which is less than d as an integer.
      witnesses: [
        { n: 6n, r: 6n, ...bitsOf('q', 0n, 12), ...bitsOf('d', 7n, 12), ...bitsOf('s', 0n, 12) },
        { n: 6n, r: FIELD - 1n, ...bitsOf('q', 1n, 12), ...bitsOf('d', 7n, 12), ...bitsOf('s', 7n, 12) },
      ],
    },
  },
  'limb-division': {
    'limbs of a quotient with a remainder that nothing keeps below the divisor': limbs([]),
    'limbs of a quotient by what may be 0, of which the remainder is an input': limbsByZero([]),
    'limbs of a quotient by what may be 0, of which the remainder is more': limbsByZero(['s13 - 1 = 0']),
    'limbs of a quotient by what may be 0, of which the remainder is not more': {
      inputs: ['n0', 'n1', 'n2', 'n3', 'd0', 'd1', 'r0', 'r1'],
      out: 'q0',
      constraints: [
        ...limbProduct,
        ...[0, 1].flatMap((i) => [...ranged(`t${i}`, 4), `d${i} + 8 - r${i} - t${i} = 0`, `t${i}3 - 1 = 0`]),
      ],
      witnesses: ([5n, 4n] as const).map((q): Values => {
        return { ...limbValues(q, 0n, 0n), ...bitsOf('t0', 8n, 4), ...bitsOf('t1', 8n, 4) }
      }) as [Values, Values],
    },
    'limbs of a quotient by what may be 0 in one limb, of which the remainder is an input': limbsByZero(
      ['d0 * i = 1 - z', 'd0 * z = 0', 'z + l - 2 = 0', bit('l')],
      { i: 0n, z: 1n, l: 1n },
    ),
    'limbs of a quotient by a constant that nothing keeps the remainder below': constantLimbs(
      limbComparatorsTo(DIVISOR),
    ),
    'limbs of a quotient by a constant with a remainder of which the lower limb is less': constantLimbs([
      ...limbComparatorsTo(DIVISOR),
      's03 = 0',
    ]),
    // 235 = (0 + 8 * 1) * 29 + 3 = (8 + 8 * 0) * 29 + 3.
    'limbs of a quotient by a constant that overlap': {
      inputs: ['n0', 'n1', 'n2', 'n3'],
      out: 'q0',
      constraints: [
        ...limbProductByConstant.filter((row) => !/\bq0\d? (\*|- q0 =)|q00 \+/.test(row)),
        ...ranged('q0', 4),
        ...limbsLessThan(DIVISOR),
      ],
      witnesses: [
        { ...limbValues(8n, 3n, DIVISOR), ...bitsOf('q0', 0n, 4), l0: 1n },
        {
          ...limbValues(8n, 3n, DIVISOR),
          ...bitsOf('q0', 8n, 4),
          ...bitsOf('q1', 0n, 3),
          ...bitsOf('c0', 5n, 5),
          ...bitsOf('c1', 3n, 5),
          l0: 1n,
        },
      ],
    },
    // The lower limb may be 8 = 1 + 2 + 4 + 1, and no more.
    'limbs of a quotient by a constant of which one is as wide as the next weight': {
      inputs: ['n0', 'n1', 'n2', 'n3'],
      out: 'q0',
      constraints: [
        ...limbProductByConstant.filter((row) => !/\bq0\d? (\*|- q0 =)|q00 \+/.test(row)),
        ...booleans('q0', 4),
        'q00 + 2 q01 + 4 q02 + q03 - q0 = 0',
        ...limbsLessThan(DIVISOR),
      ],
      witnesses: [
        { ...limbValues(8n, 3n, DIVISOR), q03: 0n, l0: 1n },
        {
          ...limbValues(8n, 3n, DIVISOR),
          ...{ q0: 8n, q00: 1n, q01: 1n, q02: 1n, q03: 1n, ...bitsOf('q1', 0n, 3) },
          ...{ ...bitsOf('c0', 5n, 5), ...bitsOf('c1', 3n, 5), l0: 1n },
        },
      ],
    },
    // 123 = 4 * 29 + 7 = 5 * 29 + (2 - 8 * 3): both (7, 0) and (2, 3) are less than (5, 3).
    'limbs of a quotient by a constant with a remainder whose limbs have both signs': {
      inputs: ['n0', 'n1', 'n2', 'n3'],
      out: 'q0',
      constraints: [...limbProductByConstant.map((row) => row.replace('+ r1', '- r1')), ...limbsLessThan(DIVISOR)],
      witnesses: [
        { ...limbValues(4n, 7n, DIVISOR), l0: 0n },
        {
          ...limbValues(5n, 26n, DIVISOR),
          ...{ n0: 3n, n1: 7n, n2: 1n, n3: 0n, ...bitsOf('c0', 3n, 5), ...bitsOf('c1', 1n, 5), l0: 1n },
        },
      ],
    },
    // 2 * 29 = 2 * (29 * 0 + 29) = 2 * (29 * 1 + 0), where the remainder is less than 58.
    'a quotient by a constant of which twice is added up, with a remainder below twice the constant': {
      inputs: ['n'],
      out: 'q',
      constraints: [
        ...[...ranged('q', 3), ...ranged('w', 3), ...ranged('r', 6), ...ranged('c', 9), ...ranged('e', 12)],
        ...['29 q + r - c = 0', 'e - 464 w = 0', '2 c + e - n = 0'],
        ...[...ranged('s', 7), 'r + 6 - s = 0', 's6 = 0'],
      ],
      witnesses: ([0n, 1n] as const).map((q): Values => {
        const r = 29n - 29n * q
        return {
          ...{ n: 522n, ...bitsOf('q', q, 3), ...bitsOf('w', 1n, 3), ...bitsOf('r', r, 6) },
          ...{ ...bitsOf('c', 29n, 9), ...bitsOf('e', 464n, 12), ...bitsOf('s', r + 6n, 7) },
        }
      }) as [Values, Values],
    },
    // 235 = (0 + 8 * 1) * 29 + 3 = (8 + 8 * 0) * 29 + 3.
    'limbs of a quotient that overlap': {
      inputs: ['n0', 'n1', 'n2', 'n3', 'd0', 'd1'],
      out: 'q0',
      constraints: [...limbProduct.filter((row) => !/\bq0\d (\*|\+)/.test(row)), ...ranged('q0', 4), ...limbsLess],
      witnesses: [
        { ...limbValues(8n, 3n, DIVISOR), ...bitsOf('q0', 0n, 4), l0: 1n },
        {
          ...limbValues(8n, 3n, DIVISOR),
          ...{ ...bitsOf('q0', 8n, 4), ...bitsOf('q1', 0n, 3), p00: 40n, p01: 24n, p10: 0n, p11: 0n },
          ...{ ...bitsOf('c0', 5n, 5), ...bitsOf('c1', 3n, 5), l0: 1n },
        },
      ],
    },
    // 18 = 2 * 9 + 0 * 16 + 0 = 0 * 9 + 1 * 16 + 2, where 16 is no multiple of 9.
    'limbs of which one is multiplied with another number': {
      inputs: ['n', 'd0', 'd1'],
      out: 'q0',
      constraints: [
        ...['q0', 'q1', 'r', 'd0', 'd1'].flatMap((name) => ranged(name, 3)),
        ...['q0 * (d0 + 8 d1) = p', 'q1 * (8 d0 + 8 d1) = n - r - p'],
        ...['d1 * i = 1 - z', 'd1 * z = 0', ...ranged('s', 4), 'r + 8 - d0 - s = 0', 'z * s3 = 0'],
      ],
      witnesses: ([0n, 1n] as const).map((q1): Values => {
        const [q0, r] = [2n - 2n * q1, 2n * q1]
        return {
          ...{ n: 18n, p: 9n * q0, i: 1n, z: 0n, ...bitsOf('q0', q0, 3), ...bitsOf('q1', q1, 3), ...bitsOf('r', r, 3) },
          ...{ ...bitsOf('d0', 1n, 3), ...bitsOf('d1', 1n, 3), ...bitsOf('s', r + 7n, 4) },
        }
      }) as [Values, Values],
    },
    // 21 = 7 * 3 + 0 * 21 + 0 = 0 * 3 + 1 * 21 + 0, where 21 = 8 * 3 - 3.
    'limbs of which one is multiplied with more than the divisor': {
      inputs: ['n', 'd0', 'd1'],
      out: 'q0',
      constraints: [
        ...['q0', 'q1', 'r', 'd0', 'd1'].flatMap((name) => ranged(name, 3)),
        ...['q0 * d0 = p', 'q1 * (8 d0 - d1) = n - r - p'],
        ...[...ranged('s', 4), 'r + 8 - d0 - s = 0', 's3 = 0'],
      ],
      witnesses: ([0n, 1n] as const).map((q1): Values => {
        const q0 = 7n - 7n * q1
        return {
          ...{ n: 21n, p: 3n * q0, ...bitsOf('q0', q0, 3), ...bitsOf('q1', q1, 3), ...bitsOf('r', 0n, 3) },
          ...{ ...bitsOf('d0', 3n, 3), ...bitsOf('d1', 3n, 3), ...bitsOf('s', 5n, 4) },
        }
      }) as [Values, Values],
    },
    // 11 = 1 * 4 + 7 = 2 * 4 + 3: the remainder is less than the lower limb of 4, which is 0, only if the upper one is 0.
    'a quotient with a remainder that is compared with one of two limbs of the divisor': {
      inputs: ['n', 'd0', 'd1'],
      out: 'q',
      constraints: [
        ...[...ranged('q', 3), ...ranged('r', 3), ...ranged('d0', 2), ...ranged('d1', 2)],
        'q * (d0 + 4 d1) = n - r',
        ...['d1 * i = 1 - z', 'd1 * z = 0', ...ranged('s', 4), 'r + 8 - d0 - s = 0', 'z * s3 = 0'],
      ],
      witnesses: ([1n, 2n] as const).map((q): Values => {
        const r = 11n - 4n * q
        return {
          ...{ n: 11n, i: 1n, z: 0n, ...bitsOf('q', q, 3), ...bitsOf('r', r, 3) },
          ...{ ...bitsOf('d0', 0n, 2), ...bitsOf('d1', 1n, 2), ...bitsOf('s', r + 8n, 4) },
        }
      }) as [Values, Values],
    },
    // 153 = 5 * 29 + (0 + 8 * 1) = 5 * 29 + (8 + 8 * 0), where the lower limb may be 11.
    'limbs of a remainder by a constant that overlap': {
      inputs: ['n0', 'n1', 'n2', 'n3'],
      out: 'r0',
      constraints: [
        ...limbProductByConstant.filter((row) => !/\br0\d? (\*|- r0 =)|r00 \+/.test(row)),
        ...booleans('r0', 4),
        'r00 + 2 r01 + 4 r02 + 4 r03 - r0 = 0',
        ...limbsLessThan(DIVISOR),
      ],
      witnesses: [
        { ...limbValues(5n, 8n, DIVISOR), r03: 0n, l0: 1n },
        {
          ...limbValues(5n, 8n, DIVISOR),
          ...{ r0: 8n, r00: 0n, r01: 0n, r02: 1n, r03: 1n, x0: 3n, h0: divide(1n, 3n), ...bitsOf('s0', 11n, 4) },
          ...{ ...bitsOf('r1', 0n, 3), x1: FIELD - 3n, h1: divide(-1n, 3n), ...bitsOf('s1', 5n, 4) },
          ...bitsOf('c0', 4n, 5),
          l0: 0n,
        },
      ],
    },
    // 33 is 1 more than the greater remainder, and 4 more than the divisor.
    'limbs of a quotient by a constant with a remainder below more than it': constantLimbs(limbsLessThan(33n), 33n),
    'limbs of a quotient by a constant whose remainder is compared with it the other way round': constantLimbs([
      ...limbComparatorsTo(DIVISOR),
      'l1 + s13 - 1 = 0',
      'z0 * l1 = u',
    ]),
    'limbs of a quotient with a remainder of which the lower limb is less': limbs(['s03 = 0']),
    'limbs of a quotient with a remainder of which the lower limb counts most': limbs(
      ['l1 + s13 - 1 = 0', 'z0 * l1 = s03'],
      [{ l1: 1n }, { l1: 0n }],
    ),
    'limbs of a quotient with a remainder that is less or is not': limbs(
      ['l0 + s03 - 1 = 0', 'z1 * l0 = u'],
      [
        { l0: 1n, u: 0n },
        { l0: 1n, u: 0n },
      ],
    ),
    // What the bounds say of the top bit leaves d1 = r1 open: 47 = 5 * 9 + 2 = 4 * 9 + 11.
    'limbs of a quotient with a remainder whose upper limb is not more, by a bit that bounds leave one value': limbs(
      [...ranged('t', 4), 'd1 + 8 - r1 - t = 0', bit('u'), 't3 + u - 2 = 0'],
      [
        { ...bitsOf('t', 9n, 4), u: 1n },
        { ...bitsOf('t', 8n, 4), u: 1n },
      ],
      [9n, 2n],
    ),
  },
  'square-root': {
    'a root of either sign': { inputs: ['s'], out: 'x', constraints: ['x * x = s'] },
    'a root that is one of two opposite constants': {
      inputs: ['s'],
      out: 'x',
      constraints: ['x * x = s', roots(5n)],
      witness: { s: 25n, x: 5n },
    },
    'a root of (r - 1) / 2 or (r + 1) / 2': {
      inputs: ['s'],
      out: 'x',
      constraints: ['x * x = s', roots(half)],
      witness: { s: (half * half) % FIELD, x: half },
    },
    'a square that something is added to': {
      inputs: ['s'],
      out: 'x',
      constraints: ['x * x = s + 6 x', ...ranged('x', 8)],
    },
    'a root of a product that is no square': {
      inputs: ['s'],
      out: 'x',
      constraints: ['x * (x - 6) = s', ...ranged('x', 8)],
    },
  },
  elimination: {
    'three equations of which one follows': {
      inputs: ['s'],
      out: 'x',
      constraints: ['x + y + z - s = 0', 'x - y + 2 z = 0', '2 x + 3 z - s = 0'],
    },
    'an equation with an unknown factor': {
      inputs: ['s', 't'],
      out: 'x',
      constraints: ['x + y - s = 0', 't * u = x - y'],
    },
  },
}

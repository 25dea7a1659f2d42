import type { Rule } from '../../audit/facts.ts'
import { FIELD } from '../../protocol/numbers.ts'

/** A system with one output; the inputs determine it by the rule, or they do not. */
export interface RuleCase {
  readonly inputs: readonly string[]
  readonly out: string
  readonly constraints: readonly string[]
}

/** A system whose output is free. */
export interface NearMiss extends RuleCase {
  /** Two witnesses by name, for what the forger is not expected to find. */
  readonly witnesses?: readonly [Values, Values]
  /** An honest witness to begin with, for what few inputs allow. */
  readonly witness?: Values
}

type Values = Readonly<Record<string, bigint>>

const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const half = (FIELD - 1n) / 2n

export const bit = (name: string) => `${name} * (${name} - 1) = 0`
/** Bits name0, name1, .. of a number. */
const booleans = (name: string, n: number) => range(n).map((i) => bit(`${name}${i}`))
const sum = (name: string, weights: readonly bigint[]) =>
  weights.map((weight, i) => `${weight < 0n ? '-' : '+'} ${weight < 0n ? -weight : weight} ${name}${i}`).join(' ')
const powers = (n: number) => range(n).map((i) => 1n << BigInt(i))
const ranged = (name: string, n: number) => [...booleans(name, n), `${sum(name, powers(n))} - ${name} = 0`]
const bitsOf = (name: string, value: bigint, n: number): Values =>
  Object.fromEntries([
    [name, value] as const,
    ...range(n).map((i) => [`${name}${i}`, (value >> BigInt(i)) & 1n] as const),
  ])

const digits = (weights: readonly bigint[]) => [...booleans('b', weights.length), `${sum('b', weights)} - x = 0`]
const division = [...ranged('q', 12), ...ranged('r', 12), ...ranged('d', 12)]
const below = (n: number, off: bigint) => [...ranged('s', n), `d - r - s - ${off} = 0`]
const isZero = ['x * i = 1 - z', 'x * z = 0']
const hot = [...booleans('h', 4), 'h1 + 2 h2 + 3 h3 - i = 0']
const gates = range(3).map((k) => `h${k} * (i - ${k}) = 0`)

type Cases<T> = Readonly<Record<string, T>>

export const PROVEN: Readonly<Partial<Record<Rule, Cases<RuleCase>>>> = {
  input: {
    'an output that is an input': { inputs: ['x'], out: 'y', constraints: ['x - u = 0', '(3) * u = 3 y'] },
  },
  constant: {
    'an output that is equal to a constant': { inputs: ['x'], out: 'y', constraints: ['y - u = 0', '3 u - 21 = 0'] },
    'a constant that other constants make': { inputs: ['x'], out: 'y', constraints: ['u - 4 = 0', 'u * u = y + u'] },
  },
  linear: {
    'the last of a sum': { inputs: ['x', 'y'], out: 'z', constraints: ['3 x - 2 y + 5 z - 7 = 0'] },
    'a product of inputs': { inputs: ['x', 'y'], out: 'z', constraints: ['(x + 1) * (y - 2) = 3 z + x'] },
  },
  factor: {
    'a quotient by a number that has an inverse': {
      inputs: ['x', 'k'],
      out: 'q',
      constraints: ['k * q = x', 'k * i = 1'],
    },
    'a quotient by a multiple of such a number': {
      inputs: ['x', 'k'],
      out: 'q',
      constraints: ['5 k * q = x', 'k * 3 i = 7'],
    },
    'a quotient by a number out of the range of 0': {
      inputs: ['x', 'k'],
      out: 'q',
      constraints: [...ranged('k', 4), '(k + 1) * q = x'],
    },
    'a quotient by what is left of a coefficient': {
      inputs: ['x', 'k'],
      out: 'q',
      constraints: [...ranged('k', 2), 'k * q = 4 q + x'],
    },
  },
  'zero-test': {
    'whether an input is zero': { inputs: ['x'], out: 'z', constraints: isZero },
    'one of two other values': { inputs: ['x'], out: 'z', constraints: ['x * i = z - 5', 'x * (z - 9) = 0'] },
    'a test of multiples of one form': {
      inputs: ['x', 'y'],
      out: 'z',
      constraints: ['(2 x - 2 y) * i = 1 - z', '(3 y - 3 x) * z = 0'],
    },
    'a test with the result in the factor of the hint': {
      inputs: ['x'],
      out: 'z',
      constraints: ['x * (i + z) = 1 - z', 'z * x = 0'],
    },
  },
  radix: {
    'the lowest of 253 bits': { inputs: ['x'], out: 'b0', constraints: digits(powers(253)) },
    'bits with weights of both signs': { inputs: ['x'], out: 'b1', constraints: digits([1n, -2n, 4n, -8n]) },
    'bits with multiples of powers of two': {
      inputs: ['x'],
      out: 'b1',
      constraints: digits([FIELD / 7n, (2n * (FIELD / 7n)) % FIELD]),
    },
    'digits that are no bits': {
      inputs: ['x'],
      out: 't',
      constraints: [...booleans('a', 3), 'a0 + a1 - t = 0', 't + 3 a2 - x = 0'],
    },
    'digits that begin elsewhere': {
      inputs: ['x'],
      out: 't',
      constraints: ['(t - 7) * (t - 8) = 0', bit('b'), 't + 2 b - x = 0'],
    },
    'bits of a product of inputs': {
      inputs: ['x', 'y'],
      out: 'b0',
      constraints: [...booleans('b', 2), 'x * y = b0 + 2 b1'],
    },
  },
  'one-hot': {
    'a place among places that are named': {
      inputs: ['i'],
      out: 'h3',
      constraints: [...hot, 'h0 + h1 + h2 + h3 - 1 = 0'],
    },
    'a place or none': { inputs: ['i', 'e'], out: 'h0', constraints: [...hot, bit('e'), 'h0 + h1 + h2 + h3 - e = 0'] },
    'a place or none, if both of two bits are 1': {
      inputs: ['i', 'e', 'f'],
      out: 'h0',
      constraints: [...hot, bit('e'), bit('f'), 'e * f = h0 + h1 + h2 + h3'],
    },
  },
  decoder: {
    'the one that need not be zero': { inputs: ['i', 'x'], out: 'h1', constraints: [...gates, 'h0 + h1 + h2 - x = 0'] },
    'the same with factors the other way round': {
      inputs: ['i', 'x'],
      out: 'h1',
      constraints: ['(i - 4) * 3 h0 = 0', '(i - 5) * h1 = 0', '2 h0 - 7 h1 - x = 0'],
    },
  },
  division: {
    'a quotient with a remainder below the divisor': {
      inputs: ['n', 'd'],
      out: 'q',
      constraints: ['q * d = n - r', ...division, ...below(12, 1n)],
    },
    'its remainder': {
      inputs: ['n', 'd'],
      out: 'r',
      constraints: ['(d) * (3 q) = 3 n - 3 r', ...division, ...below(12, 1n)],
    },
  },
  'square-root': {
    'the root in a range': { inputs: ['s'], out: 'x', constraints: ['x * x = s', ...ranged('x', 8)] },
    'the root up to (r - 1) / 2': {
      inputs: ['s'],
      out: 'x',
      constraints: ['2 x * 3 x = 6 s', `x * (x - ${half}) = 0`],
    },
  },
  elimination: {
    'three equations in three unknowns': {
      inputs: ['s'],
      out: 'x',
      constraints: ['x + y + z - s = 0', 'x - y + 2 z = 0', '3 x + y - z - 7 = 0'],
    },
    'equations of which a product of inputs is one': {
      inputs: ['s', 't'],
      out: 'x',
      constraints: ['x + y - s = 0', 's * t = x - y'],
    },
  },
}

const roots = (root: bigint) => `(x - ${root}) * (x + ${root}) = 0`
const wide = 1000n
const wrapped = FIELD + 100n

export const FREE: Readonly<Partial<Record<Rule, Cases<NearMiss>>>> = {
  linear: {
    'two unknowns in a sum': { inputs: ['x'], out: 'y', constraints: ['x + y - u = 0'] },
    'a sum in which the output cancels': { inputs: ['x'], out: 'y', constraints: ['x + y - y - u = 0'] },
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
      constraints: [...booleans('h', 4), '2 h2 + 3 h3 - i = 0', 'h0 + h1 + h2 + h3 - 1 = 0'],
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

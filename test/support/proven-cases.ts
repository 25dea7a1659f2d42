import { FIELD } from '../../protocol/numbers.ts'
import {
  below,
  bit,
  booleans,
  type Cases,
  digits,
  division,
  gates,
  half,
  hot,
  isZero,
  powers,
  type RuleCase,
  ranged,
} from './rule-systems.ts'

/** Systems whose output the inputs determine, by the rule that shows it. */
export const PROVEN: Cases<RuleCase> = {
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

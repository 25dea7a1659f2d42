import { FIELD } from '../../protocol/numbers.ts'
import {
  DIVISOR,
  limbComparators,
  limbProduct,
  limbProductAtPoints,
  limbProductByConstant,
  limbProductByConstantAtPoints,
  limbsLess,
  limbsLessThan,
} from './limb-systems.ts'
import { belowBase, chain, spreadSum, spreadSumFromTop, threeDigits } from './radix-systems.ts'
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

const DIVIDEND = ['n0', 'n1', 'n2', 'n3']
const LIMB_INPUTS = [...DIVIDEND, 'd0', 'd1']

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
    'a quotient by a multiple of a difference that a zero test says is not 0': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['b - a - y = 0', 'y * i = 1 - z', 'y * z = 0', 'z = 0', '(3 a - 3 b) * q = x'],
    },
    'a quotient by a difference of others that is the same': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['a + 5 - u = 0', '2 b - v = 0', '(v - 2 u + 10) * i = 1', '(a - b) * q = x'],
    },
    'a quotient by a number whose zero test is one of two bits that are both 0': {
      inputs: ['x', 'a'],
      out: 'q',
      constraints: ['a * i = 1 - z', 'a * z = 0', bit('w'), 'z + w = 0', 'a * q = x'],
    },
    'a quotient by a factor of a product that is never 0': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['(a - b) * (b - 1) = p', 'p * i = 1', '(1 - b) * q = x'],
    },
    'a quotient by a product of two that are never 0': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['a * i = 1', '(b + 1) * j = 2', 'a * (3 b + 3) = p', 'p * q = x'],
    },
    'a quotient that would be 2 / 0': { inputs: ['y'], out: 'q', constraints: ['(1 - y) * q = 1 + y'] },
    'a quotient that would be -2 / 0, by other rows': {
      inputs: ['u'],
      out: 'q',
      constraints: ['u + 1 - s = 0', 'u - 1 - t = 0', 's * q = t'],
    },
    'a quotient that would be 0 / 0 only if the coefficient of a curve were a square': {
      inputs: ['b', 'g'],
      out: 'q',
      constraints: ['b * g = t', '(1 + 168696 t) * q = b + g'],
    },
    'a quotient by what is 0 only if one of two squares is none': {
      inputs: ['x', 'a', 'b'],
      out: 'q',
      constraints: ['a * a = a2', 'b * b = b2', '(a2 - 5) * (b2 - 5) = k', 'k * q = x'],
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
    'a digit below 5 of a sum over several rows, from the lowest digit': {
      inputs: ['x'],
      out: 'a',
      constraints: [...threeDigits, ...spreadSum],
    },
    'a digit below 5 of a sum over several rows, from the highest digit': {
      inputs: ['x'],
      out: 'a',
      constraints: [...threeDigits, ...spreadSumFromTop],
    },
    'a digit below 5 of a chain whose top has three bits': {
      inputs: ['x'],
      out: 'a',
      constraints: [...['a', 'b'].flatMap((name) => belowBase(name)), ...ranged('v', 3), ...chain],
    },
    'a digit below 5 of a chain whose top is 0': {
      inputs: ['x'],
      out: 'b',
      constraints: [...['a', 'b'].flatMap((name) => belowBase(name)), 'v = 0', ...chain],
    },
    'a digit of which another one beside it is a multiple': {
      inputs: ['x'],
      out: 'a',
      constraints: [...ranged('a', 2), ...ranged('b', 2), '3 b + 2 - p = 0', '2 p + a - x = 0'],
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
  'limb-division': {
    'a limb of a quotient with a remainder below the divisor, limb by limb': {
      inputs: LIMB_INPUTS,
      out: 'q1',
      constraints: [...limbProduct, ...limbsLess],
    },
    'a limb of its remainder': { inputs: LIMB_INPUTS, out: 'r0', constraints: [...limbProduct, ...limbsLess] },
    'a limb of a quotient, the product being given by its values at points': {
      inputs: LIMB_INPUTS,
      out: 'q0',
      constraints: [...limbProductAtPoints, ...limbsLess],
    },
    'a limb of a quotient whose remainder is an input, by a number that is more': {
      inputs: [...LIMB_INPUTS, 'r0', 'r1'],
      out: 'q0',
      constraints: [...limbProduct, ...limbsLess],
    },
    'a limb of a quotient whose remainder is an input, by a number that is never 0': {
      inputs: [...LIMB_INPUTS, 'r0', 'r1'],
      out: 'q1',
      constraints: [...limbProduct, 'd0 + d1 - e = 0', 'e * i = 1'],
    },
    'a limb of a quotient by a constant': {
      inputs: DIVIDEND,
      out: 'q1',
      constraints: [...limbProductByConstant, ...limbsLessThan(DIVISOR)],
    },
    'a limb of a remainder by a constant, the product being given by its values at points': {
      inputs: DIVIDEND,
      out: 'r0',
      constraints: [...limbProductByConstantAtPoints, ...limbsLessThan(DIVISOR)],
    },
    'a limb of a remainder whose comparators are joined by AND and OR': {
      inputs: LIMB_INPUTS,
      out: 'r1',
      constraints: [
        ...limbProduct,
        ...limbComparators,
        '1 - s03 - l0 = 0',
        '1 - s13 - l1 = 0',
        'z1 * l0 = u',
        'l1 * u = l1 + u - 1',
      ],
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

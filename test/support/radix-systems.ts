import { bitsOf, ranged, type Values } from './rule-systems.ts'

const WIDTH = 3
const MOST = 1n << BigInt(WIDTH)

/** Says that a number is below a base of at most 8: it has three bits, and so has it plus 8 less the base. */
export const belowBase = (name: string, base = 5n): string[] => [
  ...ranged(name, WIDTH),
  ...ranged(`${name}t`, WIDTH),
  `${name} + ${MOST - base} - ${name}t = 0`,
]

/** The values of a digit below a base, and of its bits. */
export const digitValues = (name: string, value: bigint, base = 5n): Values => ({
  ...bitsOf(name, value, WIDTH),
  ...bitsOf(`${name}t`, value + MOST - base, WIDTH),
})

export const threeDigits: readonly string[] = ['a', 'b', 'c'].flatMap((name) => belowBase(name))

/** x = a + 5 b + 25 c, by multiples that are wires, added up from the lowest. */
export const spreadSum: readonly string[] = ['5 b - p = 0', '25 c - q = 0', 'a + p - s = 0', 's + q - x = 0']

/** The same, added up from the highest. */
export const spreadSumFromTop: readonly string[] = ['5 b - p = 0', '25 c - q = 0', 'p + q - s = 0', 's + a - x = 0']

/** x = 5 u + a, u = 5 v + b. */
export const chain: readonly string[] = ['5 u + a - x = 0', '5 v + b - u = 0']

/** The values of digits and of all their sums. */
export const spreadValues = (a: bigint, b: bigint, c: bigint): Values => ({
  ...digitValues('a', a),
  ...digitValues('b', b),
  ...digitValues('c', c),
  p: 5n * b,
  q: 25n * c,
  s: a + 5n * b,
  x: a + 5n * b + 25n * c,
})

import { divide, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { bits } from './changes.ts'
import type { Pair } from './pair.ts'

interface Division {
  /** Bits of a limb, and limbs of the divisor. */
  readonly n: number
  readonly k: number
  readonly divisor: bigint
  readonly dividend: bigint
  readonly quotient: bigint
  readonly remainder: bigint
}

/** Integers in limbs, lowest first. */
function limbsOf(x: bigint, n: number, k: number): bigint[] {
  return Array.from({ length: k }, (_, i) => (x >> BigInt(n * i)) & ((1n << BigInt(n)) - 1n))
}

/** All signals of DividesInLimbs that depend on quotient and remainder; `quotient` may be in limbs that overlap. */
function changesOf(division: Division, quotient = limbsOf(division.quotient, division.n, division.k)) {
  const { n, k } = division
  const [divisor, remainder, dividend] = [
    limbsOf(division.divisor, n, k),
    limbsOf(division.remainder, n, k),
    limbsOf(division.dividend, n, 2 * k),
  ]
  const changes: Record<string, bigint> = {}
  const carries: bigint[] = []
  for (let c = 0; c < 2 * k - 1; c++) {
    let column = (remainder[c] ?? 0n) + (carries[c - 1] ?? 0n) - dividend[c]!
    for (let i = 0; i < k; i++) column += quotient[i]! * (divisor[c - i] ?? 0n)
    carries.push(divide(column, 1n << BigInt(n)))
    changes[`divides.columns.carries[${c}]`] = carries[c]!
    Object.assign(changes, bits(`divides.carried.bits[${c}]`, carries[c]!, n + 2))
  }
  for (let i = 0; i < k; i++) {
    changes[`quotient[${i}]`] = quotient[i]!
    changes[`remainder[${i}]`] = remainder[i]!
    for (let j = 0; j < k; j++) changes[`divides.columns.products[${i}][${j}]`] = quotient[i]! * divisor[j]!
    Object.assign(changes, bits(`divides.remainders.bits[${i}]`, remainder[i]!, n))
    Object.assign(changes, bits(`divides.upper.bits[${i}]`, quotient[k - 1 - i]!, n))
  }
  return changes
}

/** All signals of the comparison of remainder and divisor. */
function comparisonOf({ n, k, divisor, remainder }: Division, isDown = true, equal = 0n) {
  const changes: Record<string, bigint> = {}
  const [left, right] = [limbsOf(remainder, n, k), limbsOf(divisor, n, k)]
  let less = equal
  for (let i = 0; i < k; i++) {
    const at = isDown ? i : k - 1 - i
    const difference = left[at]! - right[at]!
    const same = difference === 0n ? 1n : 0n
    less = (difference < 0n ? 1n : 0n) + same * less
    const prefix = 'divides.below[0]'
    Object.assign(changes, bits(`${prefix}.sumBits[${i}]`, difference + (1n << BigInt(n)), n + 1))
    Object.assign(changes, {
      [`${prefix}.sums[${i}]`]: difference + (1n << BigInt(n)),
      [`${prefix}.differences[${i}]`]: reduce(difference),
      [`${prefix}.hints[${i}]`]: difference === 0n ? 0n : divide(1n, difference),
      [`${prefix}.same[${i}]`]: same,
      [`${prefix}.less[${i + 1}]`]: less,
    })
  }
  return changes
}

function inputOf({ n, k, divisor, dividend }: Division) {
  return { dividend: limbsOf(dividend, n, 2 * k), divisor: limbsOf(divisor, n, k) }
}

/** The division with another quotient, and what is left of it. */
function withQuotient(division: Division, quotient: bigint, dividend = division.dividend): Division {
  return { ...division, quotient, remainder: dividend - quotient * division.divisor }
}

const loose = withQuotient({ n: 4, k: 2, divisor: 35n, dividend: 203n, quotient: 0n, remainder: 0n }, 4n)
const little = withQuotient({ ...loose, dividend: 37n }, 0n)
// The remainder's lower limb is less than the divisor's, its upper limb more.
const upward = withQuotient({ n: 9, k: 2, divisor: 1_023n, dividend: 5_118n, quotient: 0n, remainder: 0n }, 4n)
const upTo = withQuotient({ n: 6, k: 3, divisor: 70_000n, dividend: 350_000n, quotient: 0n, remainder: 0n }, 4n)
const wide = { n: 64, k: 2, divisor: (1n << 127n) + 12_345n, dividend: 0n, quotient: 0n, remainder: 0n }
const carried = { ...wide, dividend: 3n * wide.divisor + 5n }
// quotient * divisor + remainder = dividend + r, in limbs of the true dividend.
const wrapped = withQuotient(carried, (carried.dividend + FIELD) / wide.divisor, carried.dividend + FIELD)
const tight = { n: 7, k: 2, divisor: 300n, dividend: 60_123n, quotient: 200n, remainder: 123n }

/** left * right = 3 * divisor, of which the quotient is 3. */
const multiplied = { ...wide, dividend: 3n * wide.divisor }
const wrappedProduct = withQuotient(
  multiplied,
  (multiplied.dividend + FIELD) / wide.divisor,
  multiplied.dividend + FIELD,
)
const byZero = { n: 4, k: 2, divisor: 0n, dividend: 20n, quotient: 1n, remainder: 20n }

const common = { class: 'missing range check', file: 'limbs.circom', args: [] } as const
const shapes = (k: number) => ({
  inputs: { dividend: [2 * k], divisor: [k] },
  outputs: ['quotient', 'remainder'].flatMap((name) => Array.from({ length: k }, (_, i) => `${name}[${i}]`)),
})

/** By a constant divisor. */
const shapesOfConstant = { inputs: { dividend: [4] }, outputs: shapes(2).outputs }

/** Integers in limbs. */
export const LIMBS: readonly Pair[] = [
  {
    ...common,
    ...shapes(2),
    bug: 'LimbRemainderAny',
    twin: 'LimbRemainderBelow',
    planted: 'the remainder of a division in limbs is not held below the divisor',
    sample: inputOf(loose),
    shown: { by: 'determinism', changes: without(changesOf(loose), 'below') },
  },
  {
    ...common,
    ...shapes(2),
    bug: 'LimbsComparedUpward',
    twin: 'LimbsComparedDownward',
    planted: 'limbs are compared from the lowest up',
    sample: inputOf(upward),
    shown: { by: 'determinism', changes: { ...changesOf(upward), ...comparisonOf(upward, false) } },
  },
  {
    ...common,
    ...shapes(3),
    bug: 'LimbRemainderUpTo',
    twin: 'LimbRemainderLess',
    planted: 'a remainder in limbs may be equal to the divisor',
    sample: inputOf(upTo),
    shown: { by: 'determinism', isHard: true, changes: { ...changesOf(upTo), ...comparisonOf(upTo, true, 1n) } },
  },
  {
    ...common,
    ...shapes(2),
    bug: 'LimbCarriesFree',
    twin: 'LimbCarriesBounded',
    planted: 'carries have no range, so that the columns add up modulo r only',
    sample: inputOf(carried),
    shown: {
      by: 'determinism',
      changes: { ...without(changesOf(wrapped), 'carried'), ...comparisonOf(wrapped) },
    },
  },
  {
    ...common,
    ...shapes(2),
    bug: 'LimbQuotientLoose',
    twin: 'LimbQuotientTight',
    planted: 'a limb without a range holds one of the limb above it',
    sample: inputOf(tight),
    shown: {
      by: 'determinism',
      isHard: true,
      changes: without(changesOf(tight, overlapping(tight)), 'upper.bits[1]'),
    },
  },
  {
    ...common,
    ...shapesOfConstant,
    bug: 'LimbRemainderOf35Any',
    twin: 'LimbRemainderBelow35',
    planted: 'the remainder of a division by a constant is not held below it',
    sample: { dividend: limbsOf(little.dividend, 4, 4) },
    shown: { by: 'determinism', changes: without(changesOf(little), 'below') },
  },
  {
    ...common,
    ...shapesOfConstant,
    bug: 'LimbQuotientBy300Loose',
    twin: 'LimbQuotientBy300Tight',
    planted: 'a limb of a quotient by a constant has no range, and holds one of the limb above it',
    sample: { dividend: limbsOf(tight.dividend, 7, 4) },
    shown: {
      by: 'determinism',
      isHard: true,
      changes: without(changesOf(tight, overlapping(tight)), 'upper.bits[1]'),
    },
  },
  {
    ...common,
    inputs: { left: [2], right: [2], divisor: [2] },
    outputs: shapes(2).outputs,
    bug: 'SignedCarriesFree',
    twin: 'SignedCarriesBounded',
    planted: 'carries of either sign have no range, so that the columns add up modulo r only',
    sample: { left: [3n, 0n], right: limbsOf(wide.divisor, 64, 2), divisor: limbsOf(wide.divisor, 64, 2) },
    shown: {
      by: 'determinism',
      changes: {
        ...without(changesOf(wrappedProduct), 'carried'),
        ...signedCarries([3n, 0n], limbsOf(wide.divisor, 64, 2), wrappedProduct),
        ...comparisonOf(wrappedProduct),
      },
    },
  },
  {
    ...common,
    inputs: { dividend: [4], divisor: [2], remainder: [2] },
    outputs: ['quotient[0]', 'quotient[1]'],
    bug: 'LimbDivisorAny',
    twin: 'LimbDivisorAbove',
    planted: 'the divisor may be 0 where the remainder is given',
    sample: { ...inputOf(byZero), remainder: limbsOf(20n, 4, 2) },
    twinSample: { ...inputOf({ ...byZero, divisor: 35n, dividend: 90n }), remainder: limbsOf(20n, 4, 2) },
    shown: { by: 'determinism', changes: without(changesOf(byZero), 'remainder') },
  },
  {
    ...common,
    bug: 'CarryAnything',
    twin: 'CarryBit',
    planted: 'a carry that is no bit makes any limb of a sum fit',
    inputs: { a: [], b: [] },
    outputs: ['out', 'carry'],
    sample: { a: 200n, b: 100n },
    shown: {
      by: 'determinism',
      changes: { out: 43n, carry: divide(257n, 256n), ...bits('ranges.bits[0]', 43n, 8) },
    },
  },
]

/** The quotient's limbs, the lower one with one of the upper. */
function overlapping({ n, quotient }: Division): bigint[] {
  const [low, high] = limbsOf(quotient, n, 2) as [bigint, bigint]
  return [low + (1n << BigInt(n)), high - 1n]
}

/** The carries of left * right = quotient * divisor + remainder: what is left of each column, in units of the next. */
function signedCarries(left: readonly bigint[], right: readonly bigint[], division: Division): Record<string, bigint> {
  const { n, k } = division
  const [quotient, divisor, remainder] = [division.quotient, division.divisor, division.remainder].map((x) =>
    limbsOf(x, n, k),
  ) as [bigint[], bigint[], bigint[]]
  const changes: Record<string, bigint> = {}
  let carry = 0n
  for (let c = 0; c < 2 * k - 1; c++) {
    let column = carry - (remainder[c] ?? 0n)
    for (let i = 0; i < k; i++) {
      column += left[i]! * (right[c - i] ?? 0n) - quotient[i]! * (divisor[c - i] ?? 0n)
    }
    carry = divide(reduce(column), 1n << BigInt(n))
    changes[`divides.columns.carries[${c}]`] = carry
  }
  return changes
}

function without(changes: Readonly<Record<string, bigint>>, part: string) {
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !name.includes(part)))
}

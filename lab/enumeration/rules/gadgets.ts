import { FIELD, mulDivUp } from '../../../protocol/numbers.ts'
import {
  assertSameRelation,
  type Counts,
  type Enumeration,
  product,
  range,
  relationOf,
  type Scale,
  specialElements,
  sum,
  Tally,
} from '../enumeration.ts'
import { elements, type Probe, solveProbe } from '../tiny.ts'

const probe = (template: string, ...args: number[]): Probe => ({ source: 'gadgets.circom', template, args })

/** The whole relation of a template at every size: what the field holds of solutions against what the model lists. */
export function relations(
  head: Pick<Enumeration, 'name' | 'claim' | 'sizes'>,
  template: Probe,
  sizes: (scale: Scale) => readonly (readonly number[])[],
  read: (...size: number[]) => readonly string[],
  model: (...size: number[]) => readonly (readonly number[])[],
): Enumeration {
  return {
    ...head,
    async run({ scale, edits }) {
      const counts: Counts[] = []
      for (const size of sizes(scale)) {
        const solver = await solveProbe({ ...template, edits }, { known: [], read: read(...size) })
        const legal = new Set(model(...size).map((one) => one.join(' ')))
        counts.push(assertSameRelation(relationOf(solver), legal))
      }
      return sum(counts)
    },
  }
}

const RANGES = probe('RangesProbe', 10)

export const assertBits = relations(
  {
    name: 'AssertBits',
    claim: 'Of all field elements exactly 0 to 2^n - 1 are accepted.',
    sizes: 'n = 1 to 10; the whole field',
  },
  RANGES,
  () => range(1, 11).map((n) => [n]),
  (n) => [`in[${n}]`],
  (n) => range(0, 2 ** n!).map((x) => [x]),
)

export const assertBinary = relations(
  { name: 'AssertBinary', claim: 'Of all field elements exactly 0 and 1 are accepted.', sizes: 'the whole field' },
  RANGES,
  () => [[]],
  () => ['bit'],
  () => [[0], [1]],
)

export const isNegative = relations(
  {
    name: 'IsNegative',
    claim: 'Of all field elements exactly -2^n to 2^n - 1 are accepted, and the output is 1 iff the number is below 0.',
    sizes: 'n = 1 to 10; the whole field',
  },
  RANGES,
  () => range(1, 11).map((n) => [n]),
  (n) => [`signed[${n}]`, `negative[${n}]`],
  (n) => range(-(2 ** n!), 2 ** n!).map((x) => [x, x < 0 ? 1 : 0]),
)

export const isLess = relations(
  {
    name: 'IsLess',
    claim: 'For all numbers of the two widths, the output is 1 iff a < b.',
    sizes: 'widths 1 to 6 each; the whole field for both numbers, whose ranges are checked',
  },
  probe('CompareProbe', 6),
  () => range(1, 7).flatMap((n) => range(1, 7).map((m) => [n, m])),
  (n, m) => ['a', 'b', 'less'].map((name) => `${name}[${n}][${m}]`),
  (n, m) => range(0, 2 ** n!).flatMap((a) => range(0, 2 ** m!).map((b) => [a, b, a < b ? 1 : 0])),
)

export const logic = relations(
  { name: 'Or, And, Not', claim: 'The truth tables, of bits only.', sizes: 'the whole field' },
  probe('LogicProbe'),
  () => [[]],
  () => ['a', 'b', 'either', 'both', 'neither'],
  () => [0, 1].flatMap((a) => [0, 1].map((b) => [a, b, a | b, a & b, 1 - (a | b)])),
)

export const divideUp = relations(
  {
    name: 'DivideUp',
    claim:
      'Of all field elements exactly those whose quotient, rounded up, has the width are accepted, with that quotient and no other.',
    sizes: 'divisors 1 to 8, quotients of 1 to 4 bits; the whole field',
  },
  probe('DivideProbe', 8, 4),
  (scale) => range(1, 9).flatMap((divisor) => (scale === 'full' ? range(1, 5) : [1, 2]).map((bits) => [divisor, bits])),
  (divisor, bits) => [`in[${divisor}][${bits}]`, `out[${divisor}][${bits}]`],
  // what lies above -divisor rounds up to 0
  (divisor, bits) =>
    range(1 - divisor!, (2 ** bits! - 1) * divisor! + 1).map((x) => [
      x,
      x < 0 ? 0 : Number(mulDivUp(BigInt(x), 1n, BigInt(divisor!))),
    ]),
)

export const oneHot = relations(
  {
    name: 'OneHot',
    claim:
      'enabled is 0 or 1; if 1, exactly the place that index names is 1; if 0, none is and index is 0. No other index, and no other vector.',
    sizes: 'lengths 3 to 8; the whole field for index, enabled and every element',
  },
  probe('OneHotsProbe', 8),
  () => range(3, 9).map((n) => [n]),
  (n) => [`index[${n}]`, `enabled[${n}]`, ...elements(`out[${n}]`, n!)],
  (n) => [
    [0, 0, ...range(0, n!).map(() => 0)],
    ...range(0, n!).map((index) => [index, 1, ...range(0, n!).map((i) => (i === index ? 1 : 0))]),
  ],
)

/** Bits of the numbers that AssertAtMost is asked about, and the unit of their digits. */
const [AT_MOST_BITS, AT_MOST_UNIT] = [6, 3]

export const assertAtMost = relations(
  {
    name: 'AssertAtMost',
    claim:
      'Of digits that are 3 or -3 exactly those are accepted that spell at most the bound; no quotients help others.',
    sizes: 'all bounds of 6 bits but the largest; the whole field for bits and quotients',
  },
  probe('AtMostsProbe', AT_MOST_BITS, AT_MOST_UNIT),
  () => range(0, 2 ** (AT_MOST_BITS - 1) - 1).map((i) => [i]),
  (i) => elements(`bit[${i}]`, AT_MOST_BITS),
  (i) =>
    range(0, 2 ** (AT_MOST_BITS - 1) + i! + 1).map((number) => range(0, AT_MOST_BITS).map((k) => (number >> k) & 1)),
)

/** Against known inputs: small signed ones, then special field elements. */
function tallied(
  head: Pick<Enumeration, 'name' | 'claim' | 'sizes'>,
  template: Probe,
  signals: { known: readonly string[]; read: readonly string[] },
  cases: (tally: Tally, scale: Scale) => void,
): Enumeration {
  return {
    ...head,
    async run({ scale, onProgress, edits }) {
      const tally = new Tally(await solveProbe({ ...template, edits }, signals), onProgress)
      cases(tally, scale)
      return tally.counts()
    },
  }
}

export const mulDivUpRounding = tallied(
  {
    name: 'MulDivUp',
    claim: 'ceil(a * b / 7) for all a and b whose quotient has 6 bits, and no quotient for others.',
    sizes: 'a in [-64, 64], b in [-64, 64]; special field elements',
  },
  probe('MulDivUpProbe', 7, 6),
  { known: ['a', 'b'], read: ['out'] },
  (tally, scale) => {
    const most = scale === 'full' ? 64 : 24
    const quotient = (product: bigint) => (product > -7n && product < 0n ? 0n : mulDivUp(product, 1n, 7n))
    const isLegal = (product: bigint) => product > -7n && product <= 63n * 7n
    product({ a: range(-most, most + 1), b: range(-most, most + 1) }, ({ a, b }) => {
      const value = BigInt(a) * BigInt(b)
      tally.check([a, b], isLegal(value) ? [Number(quotient(value))] : undefined)
    })
    const special = specialElements([3, 6, 9])
    product({ a: special, b: scale === 'full' ? special : [1n, 2n, FIELD - 1n] }, ({ a, b }) => {
      const canonical = (a * b) % FIELD
      const value = canonical > FIELD - 7n ? canonical - FIELD : canonical
      tally.checkExactly([a, b], isLegal(value) ? [quotient(value)] : undefined)
    })
  },
)

export const isSame = tallied(
  {
    name: 'IsSame',
    claim: 'The output is 1 iff a = b, whatever the inverse; as field elements.',
    sizes: 'a, b in [-64, 64]; special field elements',
  },
  probe('IsSameProbe'),
  { known: ['a', 'b'], read: ['out'] },
  (tally) => {
    product({ a: range(-64, 65), b: range(-64, 65) }, ({ a, b }) => tally.check([a, b], [a === b ? 1 : 0]))
    const special = specialElements([6])
    product({ a: special, b: special }, ({ a, b }) => tally.checkExactly([a, b], [a === b ? 1n : 0n]))
  },
)

export const pick = tallied(
  {
    name: 'Pick of a OneHot',
    claim: 'The value at the index, 0 if not enabled; no other value, and none for an index that is not there.',
    sizes: 'three values in [-3, 3], index in [-2, 4], enabled in [-1, 2]; special values',
  },
  probe('PickProbe', 3),
  { known: ['index', 'enabled', ...elements('values', 3)], read: ['out'] },
  (tally, scale) => {
    const small = range(-3, 4)
    product(
      { index: range(-2, 5), enabled: range(-1, 3), a: small, b: small, c: small },
      ({ index, enabled, a, b, c }) => {
        const picked = enabled === 1 ? [a, b, c][index] : enabled === 0 && index === 0 ? 0 : undefined
        tally.check([index, enabled, a, b, c], picked === undefined ? undefined : [picked])
      },
    )
    const special = specialElements(scale === 'full' ? [6] : [])
    product({ index: special, a: special, b: special }, ({ index, a, b }) => {
      const picked = index < 3n ? [a, b, 7n][Number(index)]! : undefined
      tally.checkExactly([index, 1n, a, b, 7n], picked === undefined ? undefined : [picked])
    })
  },
)

export const choose = tallied(
  {
    name: 'Choose',
    claim: 'yes if the condition is 1, no if it is 0, and nothing for any other condition.',
    sizes: 'condition in [-3, 3], both values in [-16, 16]; special field elements',
  },
  probe('ChooseProbe'),
  { known: ['condition', 'yes', 'no'], read: ['out'] },
  (tally) => {
    const small = range(-16, 17)
    product({ condition: range(-3, 4), yes: small, no: small }, ({ condition, yes, no }) => {
      tally.check([condition, yes, no], condition === 1 ? [yes] : condition === 0 ? [no] : undefined)
    })
    const special = specialElements([])
    product({ condition: special, yes: special }, ({ condition, yes }) => {
      const chosen = condition === 1n ? [yes] : condition === 0n ? [5n] : undefined
      tally.checkExactly([condition, yes, 5n], chosen)
    })
  },
)

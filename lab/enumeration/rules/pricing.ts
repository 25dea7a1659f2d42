import { FIELD, fromField, toField } from '../../../protocol/numbers.ts'
import { type Enumeration, product, range, specialElements, Tally } from '../enumeration.ts'
import { elements, type Probe, solveProbe } from '../tiny.ts'
import { relations } from './gadgets.ts'

const probe = (template: string, ...args: number[]): Probe => ({ source: 'pricing.circom', template, args })

export const places = relations(
  {
    name: 'Places',
    claim:
      'Exactly the place that the bits spell is 1, the others are 0, for all bits that are 0 or 1 and for nothing else.',
    sizes: '2 to 4 bits; the whole field',
  },
  probe('PlacesProbe', 4),
  () => range(2, 5).map((n) => [n]),
  (n) => [...elements(`bit[${n}]`, n!), ...elements(`out[${n}]`, 2 ** n!)],
  (n) =>
    range(0, 2 ** n!).map((number) => [
      ...range(0, n!).map((k) => (number >> k) & 1),
      ...range(0, 2 ** n!).map((i) => (i === number ? 1 : 0)),
    ]),
)

export const rootOfQuotient = relations(
  {
    name: 'RootOfQuotient',
    claim: 'floor(sqrt(in / divisor)) for exactly the numbers whose root has the width, and no other root.',
    sizes: 'divisors 1 to 7, roots of 1 to 3 bits; the whole field',
  },
  probe('RootsProbe', 7, 3),
  (scale) => range(1, 8).flatMap((divisor) => (scale === 'full' ? [1, 2, 3] : [1, 2]).map((n) => [divisor, n])),
  (divisor, n) => [`in[${divisor}][${n}]`, `out[${divisor}][${n}]`],
  (divisor, n) => range(0, divisor! * 4 ** n!).map((x) => [x, Math.floor(Math.sqrt(Math.floor(x / divisor!)))]),
)

const SIGNED_BITS = 6

export const signedBits: Enumeration = {
  name: 'SignedBits',
  claim:
    'Exactly the numbers within (-2^n, 2^n) are accepted, with their sign, which 0 does not have, and the bits of their size.',
  sizes: 'n = 6; numbers in [-200, 200] and special field elements',
  async run({ onProgress, edits }) {
    const solver = await solveProbe(
      { ...probe('SignedBitsProbe', SIGNED_BITS), edits },
      { known: ['in'], read: ['negative', ...elements('bits', SIGNED_BITS)] },
    )
    const tally = new Tally(solver, onProgress)
    const numbers = range(-200, 201).map((x) => toField(BigInt(x)))
    for (const element of new Set([...numbers, ...specialElements([SIGNED_BITS])])) {
      const x = fromField(element)
      const size = x < 0n ? -x : x
      const bits = range(0, SIGNED_BITS).map((i) => (size >> BigInt(i)) & 1n)
      tally.checkExactly([element], size < 1n << BigInt(SIGNED_BITS) ? [x < 0n ? 1n : 0n, ...bits] : undefined)
    }
    return tally.counts()
  },
}

export const deviates: Enumeration = {
  name: 'Deviates',
  claim:
    'floor(distance / 4 / deviation), a deviation of 0 counting as 1, for all whose quotient has 5 bits, and no other quotient.',
  sizes: 'distance in [-16, 160], deviation in [-2, 9]; special field elements',
  async run({ onProgress, edits }) {
    const solver = await solveProbe(
      { ...probe('DeviatesProbe', 2, 3), edits },
      { known: ['distance', 'deviation'], read: ['y', 'fixed'] },
    )
    const tally = new Tally(solver, onProgress)
    // exactly, since what is cut off makes fractions of the field
    product({ distance: range(-16, 161), deviation: range(-2, 10) }, ({ distance, deviation }) => {
      const quotient = Math.floor(Math.floor(distance / 4) / Math.max(1, deviation))
      const isLegal = deviation >= 0 && deviation < 8 && quotient >= -32 && quotient < 32
      const expected = isLegal ? [toField(BigInt(quotient)), deviation === 0 ? 1n : 0n] : undefined
      tally.checkExactly([toField(BigInt(distance)), toField(BigInt(deviation))], expected)
    })
    const large = specialElements([]).filter((x) => x > 1_000n && x < FIELD - 1_000n)
    for (const distance of large) tally.checkExactly([distance, 3n], undefined)
    return tally.counts()
  },
}

import type { Argument } from './argument.ts'

const divide = { file: 'lib/divide.circom', template: 'Divide', operator: 'widen' } as const
const divideUp = { file: 'lib/divide.circom', template: 'DivideUp', operator: 'widen' } as const
const within = { file: 'lib/range.circom', template: 'AssertWithin', operator: 'widen' } as const
const scaled = { file: 'risk-update/black.circom', template: 'ScaledDeviation', operator: 'widen' } as const
const deviates = { file: 'risk-update/black.circom', template: 'Deviates', operator: 'widen' } as const
const option = { file: 'risk-update/black.circom', template: 'OutOfTheMoney' } as const
const root = { file: 'risk-update/square-root.circom', template: 'RootOfQuotient', operator: 'widen' } as const
const clamp = { file: 'risk-update/funding.circom', template: 'ClampSigned', operator: 'widen' } as const
const breaker = { file: 'risk-update/breaker.circom', template: 'NextBreaker', operator: 'alter' } as const

const NEGATIVE = 'a negative number has 254 bits in the field'
const BELOW_DIVISOR = `the line below it says that it is less than the divisor, which has that width, and ${NEGATIVE}`
const DIFFERENCE = `both have that width, so that the difference has it, or is negative; and ${NEGATIVE}`

/** Arguments about templates that compute numbers: quotients, ranges, roots, prices of options, funding and breakers. */
export const ARITHMETIC_ARGUMENTS: readonly Argument[] = [
  { ...divideUp, instruction: '_ <== AssertBits(14)(slack);', reason: BELOW_DIVISOR },
  { ...divideUp, instruction: '_ <== AssertBits(14)(divisor - 1 - slack);', reason: DIFFERENCE },
  { ...divide, instruction: '_ <== AssertBits(divisorBits)(rest);', reason: BELOW_DIVISOR },
  { ...divide, instruction: '_ <== AssertBits(divisorBits)(divisor - 1 - rest);', reason: DIFFERENCE },
  {
    ...within,
    instruction: '_ <== AssertBits(n)(past - 1 - in);',
    reason: `the other line says that in is at least \`least\`: what is left to past - 1 is below 2^n, or negative; and ${NEGATIVE}`,
  },
  {
    ...within,
    instruction: '_ <== AssertBits(n)(in - least);',
    reason: `the line before it says that in is less than past, which is at most 2^n: in - least is below 2^n, or negative, by less than 2^(n + 1); at the widths that are used, ${NEGATIVE}`,
  },
  { ...scaled, instruction: '_ <== AssertBits(20)(rest);', reason: BELOW_DIVISOR },
  { ...scaled, instruction: '_ <== AssertBits(20)(PPM() - 1 - rest);', reason: DIFFERENCE },
  { ...deviates, instruction: '_ <== AssertBits(n)(rest);', reason: BELOW_DIVISOR },
  { ...deviates, instruction: '_ <== AssertBits(n)(divisor - 1 - rest);', reason: DIFFERENCE },
  {
    ...option,
    instruction: 'signal far[DEVIATE_BITS() + 1] <== Num2Bits(DEVIATE_BITS() + 1)(live * (deviates.y + deviation));',
    operator: 'widen',
    reason:
      'where the price is live, y is less than 2^36 above the deviation, which is below 2^35: y + deviation is below 2^37, so that a bit more is 0 and all others are the same',
  },
  {
    ...option,
    instruction: 'value.in <== live * (gained - paid);',
    operator: 'alter',
    detail: '1 * (gained - paid)',
    reason:
      'where the price is not live, y is not below the deviation, so that `first` is a tail and at most 1/2, and `second` is the tail at 0, 1/2: low is at most high, so the value is not positive, and has the width; out is 0 of what is negative, and of 0',
  },
  ...['_ <== AssertBits(d + n + 1)(rest);', '_ <== AssertBits(d + n + 1)(divisor * (2 * out + 1) - 1 - rest);'].map(
    (instruction): Argument => ({
      ...root,
      instruction,
      reason: `the other of the two is not negative either, and their sum, divisor * (2 * out + 1) - 1, has that width; and ${NEGATIVE}`,
    }),
  ),
  ...['bound - in', 'notAbove + bound'].map(
    (sum): Argument => ({
      ...clamp,
      instruction: `signal {binary} ${sum === 'bound - in' ? 'above' : 'below'} <== IsNegative(n + 1)(${sum});`,
      reason:
        'by its widths, both terms are below 2^n in absolute value, so that the sum is within (-2^(n + 1), 2^(n + 1)): its sign is the same in one bit more',
    }),
  ),
  ...['asOf + before.closedSince', 'asOf - 0'].map(
    (since): Argument => ({
      ...breaker,
      instruction: 'signal since <== before.closedSince + fresh * (asOf - before.closedSince);',
      detail: `before.closedSince + fresh * (${since})`,
      reason: '`fresh` says that before.closedSince is 0',
    }),
  ),
]

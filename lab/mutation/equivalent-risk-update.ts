import type { Argument } from './argument.ts'

const inFile = (file: string, template: string) => ({ file: `risk-update/${file}.circom`, template })
const openMarket = inFile('market-parameters', 'OpenMarket')
const openUnderlying = inFile('parameters', 'OpenUnderlying')
const makeRecord = inFile('record', 'MakeRecord')
const reports = inFile('reports', 'Reports')

const NEGATIVE = 'a negative number has 254 bits in the field'
const DIFFERENCE = `a difference of two such numbers has that width, or is negative; and ${NEGATIVE}`

/** Of the templates that make a risk table, but for those that compute its numbers. */
export const RISK_UPDATE_ARGUMENTS: readonly Argument[] = [
  {
    ...openMarket,
    instruction: 'signal {maxbit} maxPosition <== AssertBits(POSITION_BITS() - 1)(words[8]);',
    operator: 'widen',
    reason: `below, maxPosition is at most maxLots, which has that width: ${DIFFERENCE}`,
  },
  {
    ...openMarket,
    instruction: '_ <== AssertBits(POSITION_BITS() - 1)(maxLots - maxPosition);',
    operator: 'widen',
    reason: `both have that width, and ${DIFFERENCE}`,
  },
  {
    ...inFile('parameters', 'OpenScenario'),
    instruction: 'signal {binary} falls <== IsNegative(n)(words[0]);',
    operator: 'widen',
    reason:
      'below, the number or its negative, as `falls` says, is at most MAX_MOVE, which has n bits: its sign is the same in one bit more',
  },
  {
    ...openUnderlying,
    instruction: '_ <== AssertBits(WIDTH_OF(PPM()))(cap - floor);',
    operator: 'widen',
    reason: `both are below 10^6, and ${DIFFERENCE}`,
  },
  {
    ...openUnderlying,
    instruction: '_ <== AssertBits(WIDTH_OF(MAX_FALL() * PPM()))(MAX_FALL() * PPM() - cap * furthest);',
    operator: 'widen',
    reason: `it is no more than MAX_FALL * 10^6, and cap * furthest is below 2^44; and ${NEGATIVE}`,
  },
  {
    ...inFile('parameters', 'OpenRiskParameters'),
    instruction: '_ <== AssertBits(WIDTH_OF(BASIS_POINTS()))(lastDiscountBps - firstDiscountBps);',
    operator: 'widen',
    reason: `both are at most 10^4, and ${DIFFERENCE}`,
  },
  {
    ...inFile('market', 'KeepListing'),
    instruction: 'signal may <== endless * market.isPerpetual;',
    operator: 'alter',
    detail: 'endless * 1',
    reason:
      'kept is read of what stays. If that never expires it is not settled, since every time of a table is before NEVER; and if it is no perpetual then, market.expiry is oldExpiry by the line above, so that `given` is NEVER, which oldExpiry is too',
  },
  {
    ...inFile('market', 'NextMarket'),
    instruction: 'signal {binary} over <== IsNegative(TIME_BITS())(end - from);',
    operator: 'widen',
    reason: 'a difference of two times, asOf or an expiry and the time before: its sign is the same in one bit more',
  },
  ...[
    'settled * (PHASE_SETTLED() - sheltered * 1) + sheltered * PHASE_SHELTERED()',
    'settled * (PHASE_SETTLED() - sheltered * PHASE_SHELTERED()) + sheltered * 1',
  ].map(
    (detail): Argument => ({
      ...makeRecord,
      instruction:
        'record.phase <== settled * (PHASE_SETTLED() - sheltered * PHASE_SHELTERED()) + sheltered * PHASE_SHELTERED();',
      operator: 'alter',
      detail,
      reason: 'PHASE_SHELTERED is 1: it is the same constraint',
    }),
  ),
  {
    ...reports,
    instruction: '_ <== AssertBits(COUNT_BITS(n))(count - quorum);',
    operator: 'widen',
    reason: `it is no more than n, which has COUNT_BITS(n); and ${NEGATIVE}`,
  },
  {
    ...reports,
    instruction: 'signal bits[COUNT_BITS(n + 1)] <== Num2Bits(COUNT_BITS(n + 1))(count + 1);',
    operator: 'widen',
    reason: 'count is a sum of n bits, so that the number is at most n + 1: the bit more is 0',
  },
  {
    ...reports,
    instruction: '_ <== AssertBits(TIME_BITS())(newer[i]);',
    operator: 'widen',
    reason: `both times have that width, and ${DIFFERENCE}`,
  },
  ...['early', 'late'].map(
    (side): Argument => ({
      ...reports,
      instruction: `_ <== AssertBits(reportAge.maxbit + 1)(${side}[i]);`,
      operator: 'widen',
      reason: 'the other of the two is not negative either, and their sum is twice reportAge, which has that width',
    }),
  ),
  {
    ...inFile('risk-update', 'RiskUpdate'),
    instruction: 'volatility[u].index <== AssertBits(INDEX_PRICE_BITS())(index[u]);',
    operator: 'widen',
    reason:
      'by LowerMedian, at whose one hot place Reports has it pick, the index is one of the prices, which ReadReport holds to that width, or the largest number of it',
  },
  {
    ...inFile('settlement-price', 'NextAverage'),
    instruction: 'signal {binary} none <== IsNegative(TIME_BITS() + 1)(end - begin);',
    operator: 'widen',
    reason:
      'begin is `from` or later, no later than an expiry, and end is `to` or an expiry: of two times, the sign is the same in one bit more',
  },
]

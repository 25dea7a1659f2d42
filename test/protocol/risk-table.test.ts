import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLimits, makeRecord, makeTable, NOW, SMALL } from '../../lab/instances/model.ts'
import { FIELD, toField } from '../../protocol/numbers.ts'
import { PHASES } from '../../protocol/parameters.ts'
import {
  checkRiskTable,
  hashRiskTable,
  type MarketLimits,
  type RiskRecord,
  type RiskTable,
  requiredLongRisk,
  requiredShortRisk,
  riskTableFromWords,
  riskTableWords,
} from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'

const TABLE = makeTable(
  SMALL,
  { takerFeeBps: 5n, makerFeeBps: 2n },
  { shortOptionMinimum: 7n, largeLots: 50n, largeRisk: 30n },
)
const LIMITS = makeLimits(SMALL)
const record = (change: Partial<RiskRecord>): RiskTable => ({
  ...TABLE,
  markets: TABLE.markets.with(1, { ...TABLE.markets[1]!, ...change }),
})
const collateral = (k: number, change: object): RiskTable => ({
  ...TABLE,
  collaterals: TABLE.collaterals.with(k, { ...TABLE.collaterals[k]!, ...change }),
})
const { longRisk, shortRisk, scenarioPrices } = TABLE.markets[1]!
const SETTLED = { phase: PHASES.SETTLED, lastTradeTime: NOW - 1n, scenarioPrices: scenarioPrices.map(() => 1000n) }

test('a table as protocol.md#risk-table requires passes', () => {
  checkRiskTable(TABLE, LIMITS, SMALL)
})

const wrong: Record<string, [path: string, RiskTable]> = {
  'a market too few': ['markets', { ...TABLE, markets: TABLE.markets.slice(1) }],
  'a collateral asset too many': [
    'collaterals',
    { ...TABLE, collaterals: [...TABLE.collaterals, TABLE.collaterals[1]!] },
  ],
  'an initial margin below 10^4': ['initialMarginBps', { ...TABLE, initialMarginBps: 9_999n }],
  'an initial margin of 2^17': ['initialMarginBps', { ...TABLE, initialMarginBps: 1n << 17n }],
  'a taker fee above MAX_FEE_BPS': ['takerFeeBps', { ...TABLE, takerFeeBps: 101n }],
  'a maker rebate': ['makerFeeBps', { ...TABLE, makerFeeBps: -1n }],
  'an asOf of 2^40': ['asOf', { ...TABLE, asOf: 1n << 40n }],
  'a negative maxAge': ['maxAge', { ...TABLE, maxAge: -1n }],
  'a collateral price of 2^64': ['collaterals[1].price', collateral(1, { price: 1n << 64n })],
  'a weight above 10^4': ['collaterals[1].weight', collateral(1, { weight: 10_001n })],
  'cash at a price of 2': ['collaterals[0]', collateral(0, { price: 2n })],
  'cash with a haircut': ['collaterals[0]', collateral(0, { weight: 9_999n })],
  'a scenario too few': ['markets[1].scenarioPrices', record({ scenarioPrices: scenarioPrices.slice(1) })],
  'a first scenario that is not the mark': ['markets[1].scenarioPrices[0]', record({ mark: 1001n })],
  'a scenario price of 2^48': [
    'markets[1].scenarioPrices[2]',
    record({ scenarioPrices: scenarioPrices.with(2, 1n << 48n) }),
  ],
  'a negative scenario price': [
    'markets[1].scenarioPrices[3]',
    record({ scenarioPrices: scenarioPrices.with(3, -1n) }),
  ],
  'a negative band': ['markets[1].band', record({ band: -1n })],
  'a mark and band above maxPrice': [
    'markets[1].band',
    record({ band: 1n << 33n, longRisk: 1n << 50n, shortRisk: 1n << 50n }),
  ],
  'a scenario price above maxPrice': [
    'markets[1].scenarioPrices[2]',
    record({ scenarioPrices: scenarioPrices.with(2, (1n << 33n) + 1n), shortRisk: 1n << 50n }),
  ],
  'a settled market that would be worth more in some scenario': [
    'markets[1].scenarioPrices[2]',
    record({ ...SETTLED, scenarioPrices: SETTLED.scenarioPrices.with(2, 1001n), shortRisk: 1n << 50n }),
  ],
  'a settled market that would be worth less in some scenario': [
    'markets[1].scenarioPrices[3]',
    record({ ...SETTLED, scenarioPrices: SETTLED.scenarioPrices.with(3, 999n), longRisk: 1n << 50n }),
  ],
  'a minOrder of 0': ['markets[1].minOrder', record({ minOrder: 0n })],
  'a maxPosition above maxLots': ['markets[1].maxPosition', record({ maxPosition: (1n << 30n) + 1n })],
  'a negative maxPosition': ['markets[1].maxPosition', record({ maxPosition: -1n })],
  'a lastTradeTime of 2^40': ['markets[1].lastTradeTime', record({ lastTradeTime: 1n << 40n })],
  'a funding index of 2^64': ['markets[1].fundingIndex', record({ fundingIndex: -(1n << 64n) })],
  'a funding index beyond 2^12 * maxPrice': ['markets[1].fundingIndex', record({ fundingIndex: -(1n << 45n) - 1n })],
  'a negative shortOptionMinimum': ['markets[1].shortOptionMinimum', record({ shortOptionMinimum: -1n })],
  'a phase that does not exist': ['markets[1].phase', record({ phase: 3n })],
  'a negative phase': ['markets[1].phase', record({ phase: -1n })],
  'a settled market that still trades': ['markets[1].lastTradeTime', record({ phase: 2n, lastTradeTime: NOW })],
  'largeLots of 2^55': ['markets[1].largeLots', record({ largeLots: 1n << 55n })],
  'negative largeLots': ['markets[1].largeLots', record({ largeLots: -1n })],
  'a largeRisk of 2^52': ['markets[1].largeRisk', record({ largeRisk: 1n << 52n })],
  'a negative largeRisk': ['markets[1].largeRisk', record({ largeRisk: -1n })],
  'a largeRisk that longRisk does not include': [
    'markets[1].longRisk',
    record({ largeRisk: TABLE.markets[1]!.largeRisk + 1n, shortRisk: 1n << 50n }),
  ],
  'a largeRisk that shortRisk does not include': [
    'markets[1].shortRisk',
    record({ largeRisk: TABLE.markets[1]!.largeRisk + 1n, longRisk: 1n << 50n }),
  ],
  'a memory of r': ['memory', { ...TABLE, memory: FIELD }],
  'a negative memory': ['memory', { ...TABLE, memory: -1n }],
  'a longRisk one quantum short': ['markets[1].longRisk', record({ longRisk: longRisk - 1n })],
  'a shortRisk one quantum short': ['markets[1].shortRisk', record({ shortRisk: shortRisk - 1n })],
  'a longRisk of 2^52': ['markets[1].longRisk', record({ longRisk: 1n << 52n })],
}
for (const [name, [path, table]] of Object.entries(wrong)) {
  test(`${name} is refused, naming ${path}`, () => {
    assert.throws(
      () => checkRiskTable(table, LIMITS, SMALL),
      (error: Error & { code: string; path: string }) => {
        assert.equal(error.path, `risk.${path}`)
        assert.ok(['RISK_TABLE_INVALID', 'INPUT_INVALID'].includes(error.code))
        return true
      },
    )
  })
}

const wrongLimits: Record<string, [path: string, MarketLimits]> = {
  'maxLots of 0': ['maxLots', { maxLots: 0n, maxPrice: 1n << 20n }],
  'maxLots of 2^55': ['maxLots', { maxLots: 1n << 55n, maxPrice: 1n }],
  'maxPrice of 0': ['maxPrice', { maxLots: 1n, maxPrice: 0n }],
  'maxLots * maxPrice of 2^64': ['maxPrice', { maxLots: 1n << 32n, maxPrice: 1n << 32n }],
}
for (const [name, [field, limits]] of Object.entries(wrongLimits)) {
  test(`${name} is refused, naming the market's ${field}`, () => {
    assert.throws(() => checkRiskTable(TABLE, LIMITS.with(0, limits), SMALL), {
      code: 'RISK_TABLE_INVALID',
      path: `risk.markets[0].${field}`,
    })
  })
}

test('limits for a market too few are refused', () => {
  assert.throws(() => checkRiskTable(TABLE, LIMITS.slice(1), SMALL), { path: 'risk.limits' })
})

test('a reserve is at least 1, also where nothing can be lost', () => {
  const prices = { mark: 0n, band: 0n, scenarioPrices: new Array(SMALL.scenarios).fill(0n) }
  const still = { ...prices, shortOptionMinimum: 0n, largeRisk: 0n }
  checkRiskTable(record({ ...still, longRisk: 1n, shortRisk: 1n }), LIMITS, SMALL)
  assert.throws(() => checkRiskTable(record({ ...still, longRisk: 0n, shortRisk: 1n }), LIMITS, SMALL), {
    path: 'risk.markets[1].longRisk',
  })
})

test('the reserves cover the steepest addition, at the initial ratio and rounded up', () => {
  const fees = { initialMarginBps: 12_500n, takerFeeBps: 0n, makerFeeBps: 0n }
  const market = makeRecord(SMALL, fees, { band: 100n, shortOptionMinimum: 7n, largeRisk: 30n })
  assert.equal(requiredLongRisk(market, fees), 100n + 288n) // 1.25 * (200 + 30), rounded up
  assert.equal(requiredShortRisk(market, fees), 100n + 297n) // 1.25 * (200 + 7 + 30)
})

test('a scenario price may be maxPrice, and of a settled market more', () => {
  const top = scenarioPrices.map(() => 1n << 33n)
  const [mark, band] = [1n << 33n, 0n]
  checkRiskTable(record({ scenarioPrices: scenarioPrices.with(2, 1n << 33n), shortRisk: 1n << 50n }), LIMITS, SMALL)
  const risks = { longRisk: 1n << 50n, shortRisk: 1n << 50n }
  checkRiskTable(record({ ...risks, mark, band, scenarioPrices: top }), LIMITS, SMALL)
  checkRiskTable(
    record({ ...SETTLED, ...risks, mark: mark + 1n, band, scenarioPrices: top.map((p) => p + 1n) }),
    LIMITS,
    SMALL,
  )
})

test('every phase is allowed, and any lots up to 2^55 - 1', () => {
  for (const phase of [PHASES.OPEN, PHASES.SHELTERED]) checkRiskTable(record({ phase }), LIMITS, SMALL)
  checkRiskTable(record(SETTLED), LIMITS, SMALL)
  checkRiskTable(record({ largeLots: (1n << 55n) - 1n }), LIMITS, SMALL)
  checkRiskTable({ ...TABLE, memory: FIELD - 1n }, LIMITS, SMALL)
})

test('riskRoot commits to every number of the table', () => {
  const root = hashRiskTable(TABLE)
  const numbers = [
    'fundingIndex',
    'longRisk',
    'shortRisk',
    'shortOptionMinimum',
    'band',
    'minOrder',
    'maxPosition',
    'lastTradeTime',
    'phase',
    'largeLots',
    'largeRisk',
    'maxOpenInterest',
  ] as const
  const changed = [
    ...numbers.map((name) => record({ [name]: TABLE.markets[1]![name] + 1n })),
    ...scenarioPrices.map((price, s) => record({ scenarioPrices: scenarioPrices.with(s, price + 1n) })),
    ...(['initialMarginBps', 'takerFeeBps', 'makerFeeBps', 'asOf', 'maxAge', 'memory'] as const).map((name) => ({
      ...TABLE,
      [name]: TABLE[name] + 1n,
    })),
    ...(['grace', 'auction', 'firstDiscountBps', 'lastDiscountBps'] as const).map((name) => ({
      ...TABLE,
      [name]: TABLE[name] + 1n,
    })),
    collateral(1, { price: 4n }),
    collateral(1, { weight: 1n }),
  ]
  assert.equal(new Set([root, ...changed.map(hashRiskTable)]).size, changed.length + 1)
  assert.equal(riskTableWords(TABLE).length, SMALL.markets * (12 + SMALL.scenarios) + 9 + 2 + 1)
})

test('a table comes back from its words, and from no others', () => {
  const table = record({ fundingIndex: -5n })
  const words = riskTableWords(table).map(toField)
  assert.deepEqual(riskTableFromWords(words, SMALL), table)
  const standard = makeTable({ ...SMALL, ...venueShape('standard') })
  assert.deepEqual(riskTableFromWords(riskTableWords(standard), venueShape('standard')), standard)
  for (const other of [[], words.slice(1), [...words, 0n]]) {
    assert.throws(() => riskTableFromWords(other, SMALL), { code: 'INPUT_INVALID', path: 'words' })
  }
})

import { ZkclearError } from './errors.ts'
import { hashWords } from './hash.ts'
import { assertCanonical, assertInt, assertUint, fromField, max, mulDivUp } from './numbers.ts'
import { BASIS_POINTS, BITS, MAX_FEE_BPS, PHASES } from './parameters.ts'
import type { VenueShape } from './shape.ts'

/** What the venue says about one market at one time. Prices are quanta per lot. */
export interface RiskRecord {
  /** Price at which positions are valued; [0, 2^48). */
  readonly mark: bigint
  /** Cumulative funding per lot, signed; |f| < 2^64. */
  readonly fundingIndex: bigint
  /** Margin reserved for each lot of an open buy; [1, 2^52). */
  readonly longRisk: bigint
  /** Margin reserved for each lot of an open sell; [1, 2^52). */
  readonly shortRisk: bigint
  /** Least risk of each lot sold short; 0 for markets that are not options. */
  readonly shortOptionMinimum: bigint
  /** How far a bid may stand above the mark, or an ask below. */
  readonly band: bigint
  /** Lots of the smallest order. */
  readonly minOrder: bigint
  /** Lots that an account may hold or come to hold, either way. */
  readonly maxPosition: bigint
  /** Unix seconds after which the market is closed. */
  readonly lastTradeTime: bigint
  /** One of PHASES. */
  readonly phase: bigint
  /** Lots of a position, either way, from which on each lot adds largeRisk to its account's risk; [0, 2^55). */
  readonly largeLots: bigint
  /** Quanta; [0, 2^52). */
  readonly largeRisk: bigint
  /** Lots held short, and so as many held long, beyond which no order opens any; [0, 2^55). */
  readonly maxOpenInterest: bigint
  /** The instrument's price under each scenario; [0] is the mark. */
  readonly scenarioPrices: readonly bigint[]
}

export interface CollateralRecord {
  /** Quanta per lot of the asset, < 2^64; cash has 1. */
  readonly price: bigint
  /** Basis points, 10^4 less the haircut; cash has 10^4. */
  readonly weight: bigint
}

export interface RiskTable {
  readonly markets: readonly RiskRecord[]
  readonly collaterals: readonly CollateralRecord[]
  /** 17 bits, at least 10^4. */
  readonly initialMarginBps: bigint
  readonly takerFeeBps: bigint
  readonly makerFeeBps: bigint
  /** Unix seconds of the prices, and how long they serve. */
  readonly asOf: bigint
  readonly maxAge: bigint
  /** Seconds that a flagged account has to recover, and then those of its auction; below 2^20. */
  readonly grace: bigint
  readonly auction: bigint
  /** Parts of its risk, in basis points, below its fair value at which it is had when the auction begins, and when it ends. */
  readonly firstDiscountBps: bigint
  readonly lastDiscountBps: bigint
  /** Digest of what the next proved table needs of this one; 0 in a table that nobody proved. */
  readonly memory: bigint
}

/** Numbers of a record before its scenario prices, the first of which is its mark, in the order of their words. */
const RECORD_NUMBERS = [
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
] as const satisfies readonly (keyof RiskRecord)[]

/** Numbers of a table between its records and its collateral, likewise. */
const TABLE_NUMBERS = [
  'initialMarginBps',
  'takerFeeBps',
  'makerFeeBps',
  'asOf',
  'maxAge',
  'grace',
  'auction',
  'firstDiscountBps',
  'lastDiscountBps',
] as const satisfies readonly (keyof RiskTable)[]

/** Bounds of a market that hold for every risk table. */
export interface MarketLimits {
  /** < 2^55 */
  readonly maxLots: bigint
  /** maxLots * maxPrice < 2^64 */
  readonly maxPrice: bigint
}

/** How many words the risk table of a venue has. */
export function riskTableLength({ markets, scenarios, collaterals }: VenueShape): number {
  return markets * (RECORD_NUMBERS.length + scenarios) + TABLE_NUMBERS.length + 2 * (collaterals - 1) + 1
}

/** The words that riskRoot commits to. scenarioPrices[0] stands for the mark; cash's price and weight are constants. */
export function riskTableWords(table: RiskTable): bigint[] {
  return [
    ...table.markets.flatMap((m) => [...RECORD_NUMBERS.map((name) => m[name]), ...m.scenarioPrices]),
    ...TABLE_NUMBERS.map((name) => table[name]),
    ...table.collaterals.slice(1).flatMap((c) => [c.price, c.weight]),
    table.memory,
  ]
}

/**
 * The table that consists of these words: the inverse of {@link riskTableWords}, which may hold r - x for a negative x. Throws
 * INPUT_INVALID unless they are as many as a venue of that shape has. What the numbers mean is for {@link checkRiskTable}.
 */
export function riskTableFromWords(words: readonly bigint[], shape: VenueShape): RiskTable {
  const count = riskTableLength(shape)
  if (words.length !== count) {
    const message = `${words.length} words; a table of this profile has ${count}`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'words' })
  }
  const rest = words.values()
  const take = (length: number) => Array.from({ length }, () => rest.next().value!)
  const named = <Name extends string>(names: readonly Name[]) =>
    Object.fromEntries(names.map((name) => [name, rest.next().value!])) as Record<Name, bigint>
  const markets = Array.from({ length: shape.markets }, (): RiskRecord => {
    const numbers = named(RECORD_NUMBERS)
    const scenarioPrices = take(shape.scenarios)
    return { ...numbers, mark: scenarioPrices[0]!, fundingIndex: fromField(numbers.fundingIndex), scenarioPrices }
  })
  const numbers = named(TABLE_NUMBERS)
  const others = Array.from({ length: shape.collaterals - 1 }, () => named(['price', 'weight']))
  const [memory] = take(1)
  return { ...numbers, markets, collaterals: [{ price: 1n, weight: BASIS_POINTS }, ...others], memory: memory! }
}

/** The roots of tables, remembered: every batch under a table names its root. One that was changed in place is another by its words. */
const roots = new WeakMap<RiskTable, { readonly words: readonly bigint[]; readonly root: bigint }>()

export function hashRiskTable(table: RiskTable): bigint {
  const words = riskTableWords(table)
  const known = roots.get(table)
  if (known?.words.length === words.length && words.every((word, i) => word === known.words[i])) return known.root
  const root = hashWords('RISK', words)
  roots.set(table, { words, root })
  return root
}

/** Least longRisk that the table's other numbers allow; each term is rounded up by itself (protocol.md#risk-table). */
export function requiredLongRisk(
  m: RiskRecord,
  table: Pick<RiskTable, 'initialMarginBps' | 'takerFeeBps' | 'makerFeeBps'>,
): bigint {
  const fall = m.scenarioPrices.reduce((worst, price) => max(worst, m.mark - price), 0n)
  return mulDivUp(table.initialMarginBps, fall + m.largeRisk, BASIS_POINTS) + bandAndFee(m, table)
}

/** Least shortRisk, likewise. */
export function requiredShortRisk(
  m: RiskRecord,
  table: Pick<RiskTable, 'initialMarginBps' | 'takerFeeBps' | 'makerFeeBps'>,
): bigint {
  const rise = m.scenarioPrices.reduce((worst, price) => max(worst, price - m.mark), 0n)
  return (
    mulDivUp(table.initialMarginBps, rise + m.shortOptionMinimum + m.largeRisk, BASIS_POINTS) + bandAndFee(m, table)
  )
}

function bandAndFee(m: RiskRecord, table: Pick<RiskTable, 'takerFeeBps' | 'makerFeeBps'>): bigint {
  return m.band + mulDivUp(m.mark + m.band, max(table.takerFeeBps, table.makerFeeBps), BASIS_POINTS)
}

/**
 * Throws RISK_TABLE_INVALID, naming the field, unless the table is as protocol.md#risk-table requires. Circuits rely on
 * it: whatever publishes a riskRoot has to run this.
 */
export function checkRiskTable(table: RiskTable, limits: readonly MarketLimits[], shape: VenueShape): void {
  const check = (holds: boolean, path: string, allowed: string) => {
    if (!holds)
      throw new ZkclearError('RISK_TABLE_INVALID', `must be ${allowed}; see protocol.md#risk-table`, {
        path: `risk.${path}`,
      })
  }
  check(table.markets.length === shape.markets, 'markets', `a list of ${shape.markets}`)
  check(limits.length === shape.markets, 'limits', `a list of ${shape.markets}`)
  check(table.collaterals.length === shape.collaterals, 'collaterals', `a list of ${shape.collaterals}`)
  assertUint(table.initialMarginBps, BITS.basisPoints, 'risk.initialMarginBps')
  check(table.initialMarginBps >= BASIS_POINTS, 'initialMarginBps', `at least ${BASIS_POINTS}`)
  for (const name of ['takerFeeBps', 'makerFeeBps'] as const) {
    check(table[name] >= 0n && table[name] <= MAX_FEE_BPS, name, `in [0, ${MAX_FEE_BPS}]`)
  }
  assertUint(table.asOf, BITS.time, 'risk.asOf')
  assertUint(table.maxAge, BITS.time, 'risk.maxAge')
  for (const name of ['grace', 'auction'] as const) assertUint(table[name], BITS.liquidation, `risk.${name}`)
  check(table.auction >= 1n, 'auction', 'at least 1')
  for (const [name, least] of [
    ['firstDiscountBps', 0n],
    ['lastDiscountBps', table.firstDiscountBps],
  ] as const) {
    check(table[name] >= least && table[name] <= BASIS_POINTS, name, `in [${least}, ${BASIS_POINTS}]`)
  }
  assertCanonical(table.memory, 'risk.memory')
  for (const [i, c] of table.collaterals.entries()) {
    assertUint(c.price, BITS.collateralPrice, `risk.collaterals[${i}].price`)
    check(c.weight >= 0n && c.weight <= BASIS_POINTS, `collaterals[${i}].weight`, `in [0, ${BASIS_POINTS}]`)
  }
  const cash = table.collaterals[0]!
  check(
    cash.price === 1n && cash.weight === BASIS_POINTS,
    'collaterals[0]',
    `price 1 and weight ${BASIS_POINTS}: it is cash`,
  )
  for (const [i, m] of table.markets.entries()) checkRecord(m, limits[i]!, table, shape, `markets[${i}]`, check)
}

const PHASES_ALLOWED = Object.entries(PHASES)
  .map(([name, phase]) => `${phase} (${name.toLowerCase()})`)
  .join(', ')

function checkRecord(
  m: RiskRecord,
  { maxLots, maxPrice }: MarketLimits,
  table: RiskTable,
  shape: VenueShape,
  path: string,
  check: (holds: boolean, path: string, allowed: string) => void,
): void {
  check(maxLots >= 1n && maxLots < 1n << BigInt(BITS.position - 1), `${path}.maxLots`, `in [1, 2^${BITS.position - 1})`)
  check(
    maxPrice >= 1n && maxLots * maxPrice < 1n << BigInt(BITS.priceTimesLots),
    `${path}.maxPrice`,
    `such that maxLots * maxPrice < 2^${BITS.priceTimesLots}`,
  )
  check(m.scenarioPrices.length === shape.scenarios, `${path}.scenarioPrices`, `a list of ${shape.scenarios}`)
  for (const [s, price] of m.scenarioPrices.entries())
    assertUint(price, BITS.price, `risk.${path}.scenarioPrices[${s}]`)
  check(m.scenarioPrices[0] === m.mark, `${path}.scenarioPrices[0]`, 'the mark')
  for (const name of ['band', 'minOrder'] as const) assertUint(m[name], BITS.price, `risk.${path}.${name}`)
  for (const name of ['longRisk', 'shortRisk', 'shortOptionMinimum', 'largeRisk'] as const) {
    assertUint(m[name], BITS.lotRisk, `risk.${path}.${name}`)
  }
  assertUint(m.lastTradeTime, BITS.time, `risk.${path}.lastTradeTime`)
  for (const name of ['largeLots', 'maxOpenInterest'] as const)
    assertUint(m[name], BITS.position - 1, `risk.${path}.${name}`)
  check(Object.values(PHASES).includes(m.phase), `${path}.phase`, PHASES_ALLOWED)
  const over = m.phase !== PHASES.SETTLED || m.lastTradeTime < table.asOf
  check(over, `${path}.lastTradeTime`, `below ${table.asOf} (asOf): the market is settled`)
  assertInt(m.fundingIndex, BITS.fundingIndex, `risk.${path}.fundingIndex`)
  check(m.minOrder >= 1n, `${path}.minOrder`, 'at least 1')
  check(m.maxPosition >= 0n && m.maxPosition <= maxLots, `${path}.maxPosition`, `in [0, ${maxLots}] (maxLots)`)
  // A settled market has the limits of what was listed, which others may have followed.
  const isSettled = m.phase === PHASES.SETTLED
  check(isSettled || m.mark + m.band <= maxPrice, `${path}.band`, `such that mark + band <= ${maxPrice} (maxPrice)`)
  for (const [s, price] of m.scenarioPrices.entries()) {
    const allowed = isSettled ? `${m.mark} (mark): the market is settled` : `at most ${maxPrice} (maxPrice)`
    check(isSettled ? price === m.mark : price <= maxPrice, `${path}.scenarioPrices[${s}]`, allowed)
  }
  const funding = m.fundingIndex < 0n ? -m.fundingIndex : m.fundingIndex
  check(isSettled || funding <= maxPrice << 12n, `${path}.fundingIndex`, `within 2^12 * maxPrice = ${maxPrice << 12n}`)
  check(
    m.longRisk >= max(1n, requiredLongRisk(m, table)),
    `${path}.longRisk`,
    `at least ${max(1n, requiredLongRisk(m, table))}`,
  )
  check(
    m.shortRisk >= max(1n, requiredShortRisk(m, table)),
    `${path}.shortRisk`,
    `at least ${max(1n, requiredShortRisk(m, table))}`,
  )
}

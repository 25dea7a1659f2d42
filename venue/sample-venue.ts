import { ownerCommitment } from '../protocol/account.ts'
import type { AccountSecrets } from '../protocol/account-secrets.ts'
import { hashWords } from '../protocol/hash.ts'
import { min } from '../protocol/numbers.ts'
import { BASIS_POINTS, PHASES } from '../protocol/parameters.ts'
import { Random } from '../protocol/random.ts'
import {
  checkRiskTable,
  type MarketLimits,
  type RiskRecord,
  type RiskTable,
  requiredLongRisk,
  requiredShortRisk,
} from '../protocol/risk-table.ts'
import type { VenueShape } from '../protocol/shape.ts'
import { tradingKey } from '../protocol/signature.ts'
import type { Genesis, GenesisAccount } from '../protocol/state.ts'

/**
 * A secret of a venue that is replayed from its accounts' secrets, the same at every replay: the salts of its books follow
 * from it. A venue that runs has one of its own.
 */
export function deriveBookSecret(secrets: ReadonlyMap<number, AccountSecrets>): bigint {
  return hashWords(
    'SALT',
    [...secrets.values()].map(({ ownerSecret }) => ownerSecret),
  )
}

/** The accounts of a sample venue by what they do. */
export interface SampleRoles {
  /** Quote both sides. */
  readonly makers: readonly number[]
  /** Trade against the quotes. */
  readonly takers: readonly number[]
  /** Holds a position that its collateral cannot carry: it does not meet the maintenance ratio. */
  readonly underMargined: number
  /** Holds the other side of that position, with collateral to spare. */
  readonly wellMargined: number
}

export interface SampleVenue {
  readonly genesis: Genesis
  readonly riskTable: RiskTable
  readonly secrets: ReadonlyMap<number, AccountSecrets>
  /** Those of account 0, the house, which is not among the accounts above. */
  readonly house: AccountSecrets
  readonly roles: SampleRoles
}

export interface SampleVenueOptions {
  readonly shape: VenueShape
  /** All keys follow from it: they are public, for demonstrations only. */
  readonly seed: bigint
  /** Unix seconds at which prices were taken. */
  readonly asOf: bigint
  /** What accounts' holdings are measured at. Default: a table of no proof, of any shape. */
  readonly riskTable?: RiskTable
  /** Default 6 and 4. */
  readonly makers?: number
  readonly takers?: number
}

/** Quanta: 1e-6 dollar. A lot is a thousandth of a coin at 3,000 dollars. */
const DOLLAR = 1_000_000n
const MARK = 3n * DOLLAR

const LIMITS: MarketLimits = { maxLots: 1n << 30n, maxPrice: 1n << 33n }

/**
 * A venue with a perpetual, dated futures, calls and puts on one coin, and accounts whose keys come from the seed.
 *
 * @example
 * const { genesis, riskTable } = sampleVenue({ shape: venueShape('small'), seed: 1n, asOf: 1_700_000_000n })
 */
export function sampleVenue({
  shape,
  seed,
  asOf,
  makers = 6,
  takers = 4,
  ...options
}: SampleVenueOptions): SampleVenue {
  const { riskTable = sampleRiskTable(shape, asOf) } = options
  const random = new Random(seed)
  const indices = Array.from({ length: makers + takers + 2 }, (_, i) => i + 1)
  const roles: SampleRoles = {
    makers: indices.slice(0, makers),
    takers: indices.slice(makers, makers + takers),
    underMargined: makers + takers + 1,
    wellMargined: makers + takers + 2,
  }
  const secrets = new Map(indices.map((index) => [index, randomSecrets(random)]))
  const house = randomSecrets(random)
  const accounts = indices.map((index): GenesisAccount => {
    const { privateKey, ownerSecret, viewKey } = secrets.get(index)!
    const [cash, size] = holdings(index, roles, riskTable)
    return {
      index,
      tradingKey: tradingKey(privateKey),
      ownerCommitment: ownerCommitment(ownerSecret),
      viewKey,
      collateral: Array.from({ length: shape.collaterals }, (_, k) => (k === 0 ? cash : 0n)),
      sizes: Array.from({ length: shape.markets }, (_, m) => (m === 0 ? size : 0n)),
    }
  })
  const genesis = { markets: new Array<MarketLimits>(shape.markets).fill(LIMITS), accounts }
  checkRiskTable(riskTable, genesis.markets, shape)
  return { genesis, riskTable, secrets, house, roles }
}

/** Cash and lots in market 0. The under-margined account has three quarters of what maintenance asks for. */
function holdings(index: number, roles: SampleRoles, table: RiskTable): [cash: bigint, lots: bigint] {
  const lots = 2000n
  const { mark, scenarioPrices } = table.markets[0]!
  const worst = scenarioPrices.reduce(min, mark)
  if (index === roles.underMargined) return [-lots * mark + (lots * (mark - worst) * 3n) / 4n, lots]
  if (index === roles.wellMargined) return [lots * mark + 20_000n * DOLLAR, -lots]
  return [5_000n * DOLLAR, 0n]
}

function randomSecrets(random: Random): AccountSecrets {
  const privateKey = random.bytes(32)
  const secret = () => random.bytes(31).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return { privateKey, ownerSecret: secret(), viewKey: secret() }
}

function sampleRiskTable(shape: VenueShape, asOf: bigint): RiskTable {
  const head = { initialMarginBps: 15_000n, takerFeeBps: 5n, makerFeeBps: 2n, asOf, maxAge: 3600n }
  return {
    ...head,
    markets: Array.from({ length: shape.markets }, (_, m) => sampleRecord(m, shape, head)),
    collaterals: Array.from({ length: shape.collaterals }, (_, k) =>
      k === 0 ? { price: 1n, weight: BASIS_POINTS } : { price: MARK, weight: 9_000n },
    ),
    ...{ grace: 900n, auction: 1_800n, firstDiscountBps: 0n, lastDiscountBps: 10_000n },
    memory: 0n,
  }
}

/** Markets in turn: perpetual, future, call, put. Prices move by -15 % to +15 % over the scenarios. */
function sampleRecord(
  market: number,
  shape: VenueShape,
  head: Pick<RiskTable, 'initialMarginBps' | 'takerFeeBps' | 'makerFeeBps' | 'asOf'>,
): RiskRecord {
  const kind = market % 4
  const mark = [MARK, MARK + MARK / 100n, MARK / 20n, MARK / 25n][kind]!
  const shocks = [0n, -5n, 5n, -10n, 10n, -15n, 15n]
  const scenarioPrices = Array.from({ length: shape.scenarios }, (_, s) => {
    const move = (MARK * (shocks[s] ?? BigInt(s % 2 === 0 ? -1 : 1))) / 100n
    if (kind < 2) return mark + move
    // An option moves by half of what its coin does, and is worth something at the worst.
    const price = mark + (kind === 2 ? move : -move) / 2n
    return price < 1000n ? 1000n : price
  })
  const record = {
    mark,
    fundingIndex: 0n,
    longRisk: 1n,
    shortRisk: 1n,
    shortOptionMinimum: kind < 2 ? 0n : MARK / 20n,
    band: mark / 100n,
    minOrder: 1n,
    maxPosition: 100_000n,
    lastTradeTime: head.asOf + 30n * 86_400n,
    phase: PHASES.OPEN,
    largeLots: 0n,
    largeRisk: 0n,
    maxOpenInterest: 10_000_000n,
    scenarioPrices: scenarioPrices.with(0, mark),
  }
  return { ...record, longRisk: requiredLongRisk(record, head), shortRisk: requiredShortRisk(record, head) }
}

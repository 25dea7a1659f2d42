import { z } from 'zod'
import { BITS } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { ProfileName, VenueShape } from '../../protocol/shape.ts'
import type { Genesis } from '../../protocol/state.ts'
import {
  accountIndex,
  assertProfile,
  decodeWith,
  field,
  fileHead,
  int,
  type Json,
  list,
  time,
  toJson,
  tradingKey,
  uint,
} from './schema.ts'
import { invalid } from './state-file.ts'

const genesisFile = z.strictObject({
  ...fileHead,
  markets: list(z.strictObject({ maxLots: uint(BITS.position), maxPrice: uint(BITS.priceTimesLots) })),
  accounts: list(
    z.strictObject({
      index: accountIndex,
      tradingKey,
      ownerCommitment: field,
      viewKey: field,
      collateral: list(int(BITS.collateral)),
      sizes: list(int(BITS.position)).optional(),
    }),
  ),
})

/** Genesis file: `{ version: 1, profile, markets: [{ maxLots, maxPrice }], accounts: [...] }`, fields as in {@link Genesis}. */
export function encodeGenesis({ markets, accounts }: Genesis, profile: ProfileName): Json {
  return toJson({ version: 1, profile, markets, accounts })
}

/** Throws GENESIS_INVALID, naming the field. What the numbers mean is for `genesisState` to check. */
export function decodeGenesis(json: unknown, profile: ProfileName): Genesis {
  const { markets, accounts, ...head } = decodeWith(genesisFile, json, 'GENESIS_INVALID', 'genesis')
  assertProfile(head.profile, profile, 'GENESIS_INVALID', 'genesis')
  return { markets, accounts: accounts.map(({ sizes, ...rest }) => (sizes === undefined ? rest : { ...rest, sizes })) }
}

/** A number that a risk file may lack because it was written before there was such a number: the message says what to add. */
const added = <Schema extends z.ZodType>(schema: Schema, advice: string) =>
  z.preprocess((value, context) => {
    if (value === undefined) context.addIssue(`is missing: ${advice}`)
    return value
  }, schema)

const LARGE =
  'margin grows with a position from largeLots on; "largeLots": "0", "largeRisk": "0" for margin that does not'

const LIQUIDATION =
  'add how long a flagged account has and how it is auctioned, such as "grace": "900", "auction": "1800", "firstDiscountBps": "0", "lastDiscountBps": "10000"'

export const riskTable = z.strictObject({
  markets: list(
    z.strictObject({
      mark: uint(BITS.price),
      fundingIndex: int(BITS.fundingIndex),
      longRisk: uint(BITS.lotRisk),
      shortRisk: uint(BITS.lotRisk),
      shortOptionMinimum: uint(BITS.lotRisk),
      band: uint(BITS.price),
      minOrder: uint(BITS.size),
      maxPosition: uint(BITS.position),
      lastTradeTime: time,
      phase: added(uint(2), 'add "phase": "0" (open), "1" (sheltered) or "2" (settled)'),
      largeLots: added(uint(BITS.position - 1), LARGE),
      largeRisk: added(uint(BITS.lotRisk), LARGE),
      maxOpenInterest: added(uint(BITS.position - 1), `"${(1n << BigInt(BITS.position - 1)) - 1n}" for no cap`),
      scenarioPrices: list(uint(BITS.price)),
    }),
  ),
  collaterals: list(z.strictObject({ price: uint(BITS.collateralPrice), weight: uint(BITS.weight) })),
  initialMarginBps: uint(BITS.basisPoints),
  takerFeeBps: uint(BITS.basisPoints),
  makerFeeBps: uint(BITS.basisPoints),
  asOf: time,
  maxAge: time,
  grace: added(uint(BITS.liquidation), LIQUIDATION),
  auction: added(uint(BITS.liquidation), LIQUIDATION),
  firstDiscountBps: added(uint(BITS.weight), LIQUIDATION),
  lastDiscountBps: added(uint(BITS.weight), LIQUIDATION),
  memory: added(field, 'add "memory": "0" to a table that nobody proved'),
})

/** Throws INPUT_INVALID unless the table has as many markets, assets and scenarios as the venue. */
export function assertTableFits(table: RiskTable, { markets, collaterals, scenarios }: VenueShape, path: string): void {
  if (table.markets.length !== markets) throw invalid(`${path}.markets`, `must be a list of ${markets}`)
  if (table.collaterals.length !== collaterals) throw invalid(`${path}.collaterals`, `must be a list of ${collaterals}`)
  const odd = table.markets.findIndex((m) => m.scenarioPrices.length !== scenarios)
  if (odd !== -1) throw invalid(`${path}.markets[${odd}].scenarioPrices`, `must be a list of ${scenarios}`)
}

const riskFile = z.strictObject({ ...fileHead, ...riskTable.shape })

/** Risk file: `{ version: 1, profile, markets, collaterals, initialMarginBps, ... }`, fields as in {@link RiskTable}. */
export function encodeRiskTable(table: RiskTable, profile: ProfileName): Json {
  return toJson({ version: 1, profile, ...table })
}

/** Throws RISK_TABLE_INVALID, naming the field. What the numbers mean is for `checkRiskTable` to check. */
export function decodeRiskTable(json: unknown, profile: ProfileName): RiskTable {
  const { version: _, profile: found, ...table } = decodeWith(riskFile, json, 'RISK_TABLE_INVALID', 'risk')
  assertProfile(found, profile, 'RISK_TABLE_INVALID', 'risk')
  return table
}

import { z } from 'zod'
import type { AccountSecrets } from '../../protocol/account-secrets.ts'
import { ZkclearError } from '../../protocol/errors.ts'
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
      scenarioPrices: list(uint(BITS.price)),
    }),
  ),
  collaterals: list(z.strictObject({ price: uint(BITS.collateralPrice), weight: uint(BITS.weight) })),
  initialMarginBps: uint(BITS.basisPoints),
  takerFeeBps: uint(BITS.basisPoints),
  makerFeeBps: uint(BITS.basisPoints),
  asOf: time,
  maxAge: time,
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

const keysFile = z.strictObject({
  version: fileHead.version,
  note: z.string().max(1000).optional(),
  accounts: list(
    z.strictObject({
      index: accountIndex,
      privateKey: z.string('must be 64 hex digits').regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits in lower case'),
      ownerSecret: field,
      viewKey: field,
    }),
  ),
})

/** Keys file: `{ version: 1, note?, accounts: [{ index, privateKey: 64 hex digits, ownerSecret, viewKey }] }`. Private. */
export function encodeKeys(secrets: ReadonlyMap<number, AccountSecrets>, note?: string): Json {
  const accounts = [...secrets].map(([index, { privateKey, ownerSecret, viewKey }]) => ({
    index,
    privateKey: Array.from(privateKey, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    ownerSecret,
    viewKey,
  }))
  return toJson({ version: 1, note, accounts })
}

/** Throws INPUT_INVALID, naming the field but never what it holds. */
export function decodeKeys(json: unknown): Map<number, AccountSecrets> {
  const { accounts } = decodeWith(keysFile, json, 'INPUT_INVALID', 'keys')
  const secrets = new Map<number, AccountSecrets>()
  for (const [i, { index, privateKey, ownerSecret, viewKey }] of accounts.entries()) {
    if (secrets.has(index)) {
      throw new ZkclearError('INPUT_INVALID', `${index} is listed twice`, { path: `keys.accounts[${i}].index` })
    }
    const bytes = Uint8Array.from({ length: 32 }, (_, b) => Number.parseInt(privateKey.slice(2 * b, 2 * b + 2), 16))
    secrets.set(index, { privateKey: bytes, ownerSecret, viewKey })
  }
  return secrets
}

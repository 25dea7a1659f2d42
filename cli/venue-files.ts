import type { AccountSecrets } from '../protocol/account-secrets.ts'
import type { RiskTable } from '../protocol/risk-table.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { Genesis, State } from '../protocol/state.ts'
import { decodeGenesis, decodeKeys, decodeRiskTable, decodeState } from '../venue/index.ts'
import { named, readJson } from './read-file.ts'

/** Reads what the venue starts from. Throws GENESIS_INVALID, or as `readJson` does. */
export function readGenesis(file: string, profile: ProfileName): Promise<Genesis> {
  return readDocument(file, (json) => decodeGenesis(json, profile))
}

/** Throws RISK_TABLE_INVALID, or as `readJson` does. */
export function readRiskTable(file: string, profile: ProfileName): Promise<RiskTable> {
  return readDocument(file, (json) => decodeRiskTable(json, profile))
}

/** Secrets by account. Throws INPUT_INVALID, without what the file holds, or as `readJson` does. */
export function readKeys(file: string): Promise<ReadonlyMap<number, AccountSecrets>> {
  return readDocument(file, decodeKeys)
}

/** Throws INPUT_INVALID, or as `readJson` does. */
export function readState(file: string, profile: ProfileName): Promise<State> {
  return readDocument(file, (json) => decodeState(json, profile))
}

export async function readDocument<T>(file: string, decode: (json: unknown) => T | Promise<T>): Promise<T> {
  const json = await readJson(file, 'json')
  return named(file, () => decode(json))
}

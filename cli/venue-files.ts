import { ZkclearError } from '../protocol/errors.ts'
import type { RiskTable } from '../protocol/risk-table.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { Genesis, State } from '../protocol/state.ts'
import { type AccountSecrets, decodeGenesis, decodeKeys, decodeRiskTable, decodeState } from '../venue/index.ts'
import { readJson } from './read-file.ts'

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

/** The errors of codecs name the field; this adds the file, of which there may be many. */
export async function readDocument<T>(file: string, decode: (json: unknown) => T | Promise<T>): Promise<T> {
  const json = await readJson(file, 'json')
  try {
    return await decode(json)
  } catch (error) {
    if (!(error instanceof ZkclearError)) throw error
    const { code, message, path, details } = error
    const bare = path === undefined ? message : message.slice(path.length + 2)
    throw new ZkclearError(code, `${bare} (in ${file})`, {
      ...(path === undefined ? {} : { path }),
      details: { ...details, file },
      cause: error,
    })
  }
}

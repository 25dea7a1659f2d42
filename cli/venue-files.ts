import type { AccountSecrets } from '../protocol/account-secrets.ts'
import type { SignedCashMessage } from '../protocol/cash-batch/operation.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { RiskSnapshot } from '../protocol/risk/update.ts'
import type { RiskTable } from '../protocol/risk-table.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { Genesis, State } from '../protocol/state.ts'
import {
  decodeCashMessage,
  decodeGenesis,
  decodeKeys,
  decodeRiskParameters,
  decodeRiskSnapshot,
  decodeRiskTable,
  decodeState,
  decodeStateLines,
  decodeViewKeys,
  isStateHead,
  type LabelledParameters,
} from '../venue/index.ts'
import { joinLines, jsonOf, named, readJson, readLines } from './read-file.ts'
import { startingWith } from './starting-with.ts'

/** Reads what the venue starts from. Throws GENESIS_INVALID, or as `readJson` does. */
export function readGenesis(file: string, profile: ProfileName): Promise<Genesis> {
  return readDocument(file, (json) => decodeGenesis(json, profile))
}

/** Throws RISK_TABLE_INVALID, or as `readJson` does. */
export function readRiskTable(file: string, profile: ProfileName): Promise<RiskTable> {
  return readDocument(file, (json) => decodeRiskTable(json, profile))
}

/** A proved table with what the next one needs to know. Throws INPUT_INVALID, or as `readJson` does. */
export function readRiskSnapshot(file: string, profile: ProfileName): Promise<RiskSnapshot> {
  return readDocument(file, (json) => decodeRiskSnapshot(json, profile))
}

/** Parameters that keep all bounds. Throws RISK_PARAMETERS_INVALID, or as `readJson` does. */
export function readRiskParameters(file: string): Promise<LabelledParameters> {
  return readDocument(file, decodeRiskParameters)
}

/** Secrets by account. Throws INPUT_INVALID, without what the file holds, or as `readJson` does. */
export function readKeys(file: string): Promise<ReadonlyMap<number, AccountSecrets>> {
  return readDocument(file, decodeKeys)
}

/** View keys by account, of all files together. Throws INPUT_INVALID, also if two files differ, or as `readJson` does. */
export async function readViewKeys(files: readonly string[]): Promise<ReadonlyMap<number, bigint>> {
  const all = new Map<number, bigint>()
  for (const file of files) {
    for (const [account, viewKey] of await readDocument(file, decodeViewKeys)) {
      if ((all.get(account) ?? viewKey) !== viewKey) {
        const message = `${file} has another view key of account ${account} than a file before it`
        throw new ZkclearError('INPUT_INVALID', message, { path: '--keys' })
      }
      all.set(account, viewKey)
    }
  }
  return all
}

/** What owners signed for the venue of that domain. Throws INPUT_INVALID, or as `readJson` does. */
export async function readCashMessages(files: readonly string[], domain: bigint): Promise<SignedCashMessage[]> {
  const messages: SignedCashMessage[] = []
  for (const file of files) messages.push(await readDocument(file, (json) => decodeCashMessage(json, domain)))
  return messages
}

/**
 * A state of any size, if it stands in the file line by line as it was written; else as large a one as other documents may be.
 * Throws INPUT_INVALID, or as `readJson` does.
 */
export async function readState(file: string, profile: ProfileName): Promise<State> {
  const lines = readLines(file, 'json')
  const first = await lines.next()
  if (first.done !== true && isStateHead(first.value)) {
    return named(file, () => decodeStateLines(startingWith(first.value, lines), profile))
  }
  const text = await joinLines(first.done === true ? '' : first.value, lines, file, 'json')
  return named(file, () => decodeState(jsonOf(text, file), profile))
}

export async function readDocument<T>(file: string, decode: (json: unknown) => T | Promise<T>): Promise<T> {
  const json = await readJson(file, 'json')
  return named(file, () => decode(json))
}

import { z } from 'zod'
import type { AccountSecrets } from '../../protocol/account-secrets.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { accountIndex, decodeWith, field, fileHead, type Json, list, toJson } from './schema.ts'

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
  const secretsOf = ({ privateKey, ownerSecret, viewKey }: (typeof accounts)[number]): AccountSecrets => {
    const bytes = Uint8Array.from({ length: 32 }, (_, b) => Number.parseInt(privateKey.slice(2 * b, 2 * b + 2), 16))
    return { privateKey: bytes, ownerSecret, viewKey }
  }
  return byIndex(accounts, secretsOf)
}

const viewKeysFile = z.strictObject({
  ...keysFile.shape,
  accounts: list(
    z.union(
      [z.strictObject({ index: accountIndex, viewKey: field }), keysFile.shape.accounts.element],
      'must be { "index", "viewKey" }, or an entry of a keys file',
    ),
  ),
})

/** View keys file: `{ version: 1, note?, accounts: [{ index, viewKey }] }`: what owners share with the venue. Private. */
export function encodeViewKeys(viewKeys: ReadonlyMap<number, bigint>, note?: string): Json {
  return toJson({ version: 1, note, accounts: [...viewKeys].map(([index, viewKey]) => ({ index, viewKey })) })
}

/** The view keys of such a file, or of a keys file. Throws INPUT_INVALID, naming the field but never what it holds. */
export function decodeViewKeys(json: unknown): Map<number, bigint> {
  const { accounts } = decodeWith(viewKeysFile, json, 'INPUT_INVALID', 'keys')
  return byIndex(accounts, ({ viewKey }) => viewKey)
}

function byIndex<Entry extends { readonly index: number }, Value>(
  entries: readonly Entry[],
  read: (entry: Entry) => Value,
): Map<number, Value> {
  const values = new Map<number, Value>()
  for (const [i, entry] of entries.entries()) {
    if (values.has(entry.index)) {
      throw new ZkclearError('INPUT_INVALID', `${entry.index} is listed twice`, { path: `keys.accounts[${i}].index` })
    }
    values.set(entry.index, read(entry))
  }
  return values
}

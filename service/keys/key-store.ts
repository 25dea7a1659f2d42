import { ZkclearError } from '../../protocol/errors.ts'
import { parseJson } from '../../protocol/json.ts'
import { FileKeys } from './file-keys.ts'
import { type FileStore, fileKeeper, fileStoreSchema, newFileStore } from './file-store.ts'
import type { Edit } from './keeper.ts'
import type { KeyProvider } from './key-provider.ts'
import { readPrivateFile, replacePrivateFile, writePrivateFile } from './private-file.ts'
import type { TokenPlace } from './token/login.ts'
import { Token } from './token/token.ts'
import { TokenKeys } from './token/token-keys.ts'
import { newTokenStore, type TokenStore, tokenKeeper, tokenStoreSchema } from './token/token-store.ts'

/** What a key store holds: keys, or in which token they are. Private. */
export type KeyStore = FileStore | TokenStore

/** Throws FILE_UNREADABLE; INPUT_INVALID for a file that others than its owner can read, or that is no key store, without its content. */
export async function readKeyStore(path: string): Promise<KeyStore> {
  const text = await readPrivateFile(path)
  let field: string | undefined
  try {
    const document = parseJson(text)
    const isToken = typeof document === 'object' && document !== null && 'token' in document
    const read = (isToken ? tokenStoreSchema : fileStoreSchema).safeParse(document)
    if (read.success) {
      const { version: _, ...store } = read.data
      return store
    }
    field = read.error.issues[0]?.path.join('.')
  } catch {
    // The parser's message quotes the file.
  }
  const where = field ? `: its field ${field} is not in form` : ''
  throw new ZkclearError('INPUT_INVALID', `is no key store${where}; "zkclear keys make" makes one`, { path })
}

/**
 * The keys of a store, ready for use. Throws as {@link readKeyStore}, and INPUT_INVALID for a token that cannot be used. Dispose of them
 * when they are not needed any more.
 */
export async function openKeys(path: string): Promise<KeyProvider & Disposable> {
  const store = await readKeyStore(path)
  if ('token' in store) return await TokenKeys.open(store)
  return Object.assign(new FileKeys(store), { [Symbol.dispose]: () => undefined })
}

/** Makes a key store, with that operator's key or a new one. Throws OUTPUT_UNWRITABLE where there is a file already; INPUT_INVALID. */
export async function makeKeyStore(path: string, operator?: string): Promise<FileStore> {
  const store = newFileStore(operator)
  await writePrivateFile(path, textOf(store))
  return store
}

/** The same with the keys in a token. Throws INPUT_INVALID also for a token that cannot be used, KEYS_UNAVAILABLE where it fails. */
export async function makeTokenStore(path: string, place: TokenPlace, operator?: string): Promise<TokenStore> {
  using token = await Token.open(place)
  const store = newTokenStore(token, place, operator)
  await writePrivateFile(path, textOf(store))
  return store
}

/**
 * Adds a sealing key, which is the one in use from the next start on. Throws as {@link readKeyStore}, and OUTPUT_UNWRITABLE; what a token
 * does as {@link makeTokenStore}.
 */
export async function rotateKeyStore(path: string): Promise<KeyStore> {
  return await changeKeyStore(path, ({ sealing, ...others }, keeper) => {
    return { ...others, sealing: [...sealing, keeper.sealing(sealing.at(-1)!.version + 1)] }
  })
}

/** Destroys the sealing keys before that version; what is wrapped under those opens never again. Throws as {@link rotateKeyStore}. */
export async function forgetSealingKeys(path: string, before: number): Promise<KeyStore> {
  return await changeKeyStore(path, ({ sealing, ...others }) => {
    const kept = sealing.filter(({ version }) => version >= before)
    if (kept.length > 0) return { ...others, sealing: kept }
    const message = `holds version ${sealing.at(-1)!.version} as its newest, which stays: it is in use`
    throw new ZkclearError('INPUT_INVALID', message, { path })
  })
}

/** Which of the keys that sign for an address: operators, of which the contract names one, or those who pay. */
export type Role = 'operators' | 'gas'

/** Adds a signing key, that one or a new one. Throws as {@link rotateKeyStore}; INPUT_INVALID for a key that is there. */
export async function addSigningKey(path: string, role: Role, key?: string): Promise<KeyStore> {
  return await changeKeyStore(path, (store, keeper) => {
    const added = keeper.signing(key)
    const address = keeper.addressOf(added)
    const others = [...store.operators, ...store.gas]
    if (others.every((one) => keeper.addressOf(one) !== address)) return { ...store, [role]: [...store[role], added] }
    keeper.destroy(added)
    throw new ZkclearError('INPUT_INVALID', `holds that key already, of ${address}`, { path })
  })
}

/** Destroys a signing key, by its address. Throws as {@link rotateKeyStore}; INPUT_INVALID for the last operator's, and for none. */
export async function forgetSigningKey(path: string, role: Role, address: string): Promise<KeyStore> {
  return await changeKeyStore(path, (store, keeper) => {
    const kept = store[role].filter((one) => keeper.addressOf(one).toLowerCase() !== address.toLowerCase())
    if (kept.length === store[role].length) {
      throw new ZkclearError('INPUT_INVALID', `holds no such key of ${address}`, { path })
    }
    if (role === 'gas' || kept.length > 0) return { ...store, [role]: kept }
    throw new ZkclearError('INPUT_INVALID', 'holds no other operator key, so that this one stays', { path })
  })
}

/** Keys that go are destroyed once the file is without them, so that it never names one that is not there. */
async function changeKeyStore(path: string, edit: Edit): Promise<KeyStore> {
  const { store, changed } = await replacePrivateFile(path, async () => {
    const store = await readKeyStore(path)
    const changed = await edited(store, edit)
    return { result: { store, changed }, text: textOf(changed) }
  })
  if ('token' in store) {
    const kept = new Set(idsOf(changed as TokenStore))
    const gone = idsOf(store).filter((id) => !kept.has(id))
    if (gone.length > 0) {
      using token = await Token.open(store.token)
      for (const id of gone) token.destroy(id)
    }
  }
  return changed
}

async function edited(store: KeyStore, edit: Edit): Promise<KeyStore> {
  if (!('token' in store)) return { ...store, ...edit(store, fileKeeper) }
  using token = await Token.open(store.token)
  return { ...store, ...edit(store, tokenKeeper(token)) }
}

function idsOf({ operators, gas, sealing }: TokenStore): readonly string[] {
  return [...operators, ...gas, ...sealing].map(({ id }) => id)
}

function textOf(store: KeyStore): string {
  return `${JSON.stringify({ version: 1, ...store }, null, 2)}\n`
}

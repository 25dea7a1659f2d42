import { ZkclearError } from '../../../protocol/errors.ts'

/** The version of service/package.json. */
export const PKCS11JS = '2.1.7'

/** Of slots, sessions and objects. */
export type Handle = Buffer

export interface Attribute {
  readonly type: number
  readonly value?: number | boolean | string | Buffer
}

export interface Mechanism {
  readonly mechanism: number
  readonly parameter?: unknown
}

/** What of pkcs11js is used here; the package may be missing, and its types with it. */
export interface Cryptoki {
  load(path: string): void
  close(): void
  C_Initialize(): void
  C_Finalize(): void
  C_GetSlotList(withToken: boolean): Handle[]
  C_GetTokenInfo(slot: Handle): { readonly label: string }
  C_OpenSession(slot: Handle, flags: number): Handle
  C_CloseSession(session: Handle): void
  C_Login(session: Handle, user: number, pin: string): void
  C_GenerateKey(session: Handle, mechanism: Mechanism, template: readonly Attribute[]): Handle
  C_GenerateKeyPair(
    session: Handle,
    mechanism: Mechanism,
    publicTemplate: readonly Attribute[],
    privateTemplate: readonly Attribute[],
  ): { readonly publicKey: Handle; readonly privateKey: Handle }
  C_CreateObject(session: Handle, template: readonly Attribute[]): Handle
  C_DestroyObject(session: Handle, object: Handle): void
  C_FindObjectsInit(session: Handle, template: readonly Attribute[]): void
  C_FindObjects(session: Handle, most: number): Handle[]
  C_FindObjectsFinal(session: Handle): void
  C_GetAttributeValue(session: Handle, object: Handle, template: readonly Attribute[]): { readonly value: Buffer }[]
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void
  C_Sign(session: Handle, data: Buffer, signature: Buffer): Buffer
  C_EncryptInit(session: Handle, mechanism: Mechanism, key: Handle): void
  C_Encrypt(session: Handle, data: Buffer, encrypted: Buffer): Buffer
  C_DecryptInit(session: Handle, mechanism: Mechanism, key: Handle): void
  C_Decrypt(session: Handle, encrypted: Buffer, data: Buffer): Buffer
}

interface Package {
  readonly PKCS11: new () => Cryptoki
  readonly CK_PARAMS_AES_GCM: number
}

/** A PKCS#11 module that is loaded and initialised. */
export interface CryptokiModule extends Disposable {
  readonly library: Cryptoki
  /** By which pkcs11js knows parameters of AES-GCM. */
  readonly gcmParameters: number
}

const loaded = new Map<string, { readonly library: Cryptoki; users: number }>()

/** Loads a module, once for all who use it in this process. Throws INPUT_INVALID where it or the package pkcs11js cannot be loaded. */
export async function loadCryptoki(path: string): Promise<CryptokiModule> {
  const { PKCS11, CK_PARAMS_AES_GCM: gcmParameters } = await loadPackage()
  const one = loaded.get(path) ?? { library: initialised(new PKCS11(), path), users: 0 }
  loaded.set(path, one)
  one.users++
  return {
    library: one.library,
    gcmParameters,
    [Symbol.dispose]() {
      if (--one.users > 0) return
      loaded.delete(path)
      one.library.C_Finalize()
      one.library.close()
    },
  }
}

function initialised(library: Cryptoki, path: string): Cryptoki {
  try {
    library.load(path)
    library.C_Initialize()
    return library
  } catch (cause) {
    const message = `cannot be loaded as a PKCS#11 module (${(cause as Error).message}); give the library of the token's maker, such as /usr/lib/softhsm/libsofthsm2.so`
    throw new ZkclearError('INPUT_INVALID', message, { path, cause })
  }
}

async function loadPackage(): Promise<Package> {
  // By a name that the compiler does not follow.
  const name: string = 'pkcs11js'
  try {
    return (await import(name)).default
  } catch (cause) {
    const message = `its keys are in a PKCS#11 token, and the package pkcs11js is missing or was not built here; run "npm install pkcs11js@${PKCS11JS}" beside zkclear, with Python, make, a C compiler and Node's headers at hand`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'key store', cause })
  }
}

import { randomBytes } from 'node:crypto'
import { computeAddress } from 'ethers'
import { z } from 'zod'
import { KEY_BYTES } from '../sealing/cipher.ts'
import type { Keeper, Kept } from './keeper.ts'
import { isPrivateKey, requirePrivateKey } from './secp256k1.ts'
import { ascending, distinct, versioned } from './store-schema.ts'

/** A key store whose keys are in the file itself. Private. */
export interface FileStore extends Kept<SigningEntry, SealingKey> {
  /** The private key of Ed25519 that signs the log, 64 hex digits. */
  readonly log: string
}

export interface SigningEntry {
  /** The private key: 0x and 64 hex digits. */
  readonly key: string
  /** When it came here, ISO 8601. */
  readonly added: string
}

export interface SealingKey {
  readonly version: number
  /** 64 hex digits. */
  readonly key: string
  /** When it was made, ISO 8601. */
  readonly made: string
}

const signing = z.strictObject({
  key: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .refine(isPrivateKey),
  added: z.iso.datetime(),
})
const secret = z.string().regex(/^[0-9a-f]{64}$/)

export const fileStoreSchema = z.strictObject({
  version: z.literal(1),
  operators: z
    .array(signing)
    .min(1)
    .refine((all) => distinct(all.map(({ key }) => key))),
  gas: z.array(signing).refine((all) => distinct(all.map(({ key }) => key))),
  log: secret,
  sealing: z
    .array(z.strictObject({ ...versioned, key: secret }))
    .min(1)
    .refine(ascending),
})

/** With that operator's key or a new one. Throws INPUT_INVALID. */
export function newFileStore(key: string | undefined): FileStore {
  return { operators: [fileKeeper.signing(key)], gas: [], log: newKey(), sealing: [fileKeeper.sealing(1)] }
}

export const fileKeeper: Keeper<SigningEntry, SealingKey> = {
  signing: (key) => ({ key: requirePrivateKey(key ?? `0x${newKey()}`), added: new Date().toISOString() }),
  addressOf: ({ key }) => computeAddress(key),
  sealing: (version) => ({ version, key: newKey(), made: new Date().toISOString() }),
  destroy: () => undefined,
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString('hex')
}

import { computeAddress, hexlify, SigningKey } from 'ethers'
import { z } from 'zod'
import type { Keeper, Kept } from '../keeper.ts'
import { requirePrivateKey } from '../secp256k1.ts'
import { ascending, distinct, versioned } from '../store-schema.ts'
import type { TokenPlace } from './login.ts'
import type { Token } from './token.ts'

/** A key store whose keys are in a token, by their ids there, 32 hex digits. */
export interface TokenStore extends Kept<TokenSigning, TokenSealing> {
  readonly token: TokenPlace
  readonly log: {
    readonly id: string
    /** 64 hex digits. */
    readonly publicKey: string
  }
}

export interface TokenSigning {
  readonly id: string
  readonly address: string
  /** When it came here, ISO 8601. */
  readonly added: string
}

export interface TokenSealing {
  readonly version: number
  readonly id: string
  /** When it was made, ISO 8601. */
  readonly made: string
}

const id = z.string().regex(/^[0-9a-f]{32}$/)
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/)

const signing = z.strictObject({ id, address, added: z.iso.datetime() })
const haveOwnAddresses = (all: readonly TokenSigning[]) => distinct(all.map((one) => one.address.toLowerCase()))

export const tokenStoreSchema = z.strictObject({
  version: z.literal(1),
  token: z.strictObject({ module: z.string().min(1), token: z.string().min(1), pinFile: z.string().min(1) }),
  operators: z.array(signing).min(1).refine(haveOwnAddresses),
  gas: z.array(signing).refine(haveOwnAddresses),
  log: z.strictObject({ id, publicKey: z.string().regex(/^[0-9a-f]{64}$/) }),
  sealing: z
    .array(z.strictObject({ ...versioned, id }))
    .min(1)
    .refine(ascending),
})

/** Makes the first keys of a store in a token, or takes the operator's in. Throws INPUT_INVALID, KEYS_UNAVAILABLE. */
export function newTokenStore(token: Token, place: TokenPlace, key: string | undefined): TokenStore {
  const keeper = tokenKeeper(token)
  const operators = [keeper.signing(key)]
  const { id, publicKey } = token.makeLogKey()
  return {
    token: place,
    operators,
    gas: [],
    log: { id, publicKey: publicKey.toString('hex') },
    sealing: [keeper.sealing(1)],
  }
}

export function tokenKeeper(token: Token): Keeper<TokenSigning, TokenSealing> {
  return {
    signing(key) {
      const added = new Date().toISOString()
      if (key === undefined) {
        const { id, publicKey } = token.makeOperatorKey()
        return { id, address: computeAddress(hexlify(publicKey)), added }
      }
      const taken = new SigningKey(requirePrivateKey(key))
      const id = token.takeOperatorKey(Buffer.from(taken.privateKey.slice(2), 'hex'))
      return { id, address: computeAddress(taken), added }
    },
    addressOf: ({ address }) => address,
    sealing: (version) => ({ version, id: token.makeSealingKey(), made: new Date().toISOString() }),
    destroy: ({ id }) => token.destroy(id),
  }
}

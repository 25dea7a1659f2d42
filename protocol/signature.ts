import type { TradingKey } from './account.ts'
import { hashBundle, type SignedBundle } from './bundle.ts'
import { isPublicKey, publicKey, sign, verify } from './crypto/eddsa.ts'
import { primitives } from './crypto/primitives.ts'
import type { Message, Signature } from './message.ts'

const COFACTOR = 8n

/** 8 * it = 1 modulo the order of the subgroup. */
const INVERSE_OF_COFACTOR = 2394026564107420727433200628387514462817212225638746351800188703329891451411n

/**
 * The public key of a private key of 32 bytes.
 *
 * @example
 * const { x, y } = tradingKey(crypto.getRandomValues(new Uint8Array(32)))
 */
export function tradingKey(privateKey: Uint8Array): TradingKey {
  return publicKey(privateKey)
}

/**
 * Whether a key may stand in an account: canonical, on the curve, in the prime-order subgroup and not its neutral
 * element. Whatever puts an account into the state checks this.
 */
export function isTradingKey(key: TradingKey): boolean {
  return isPublicKey(key)
}

/**
 * EdDSA-Poseidon of 1 to 8 messages of one account, included together or not at all, for one venue's domain. Throws
 * INPUT_INVALID for a malformed message.
 *
 * @example
 * const domain = settlementDomain(31337n, '0x5FbDB2315678afecb367f032d93F642f64180aa3')
 * const bid = { kind: 'order', market: 0, account: 1, side: 'buy', price: 3_000_000n, size: 5n } as const
 * const terms = { timeInForce: 'GTC', reduceOnly: false, expiry: 1_700_000_600n, nonce: 1n } as const
 * const bundle = signBundle([{ ...bid, ...terms }], domain, privateKey)
 */
export function signBundle(messages: readonly Message[], domain: bigint, privateKey: Uint8Array): SignedBundle {
  const { R8, S } = sign(privateKey, hashBundle(messages, domain))
  return { messages, signature: { R8x: R8.x, R8y: R8.y, S } }
}

export function isSignatureValid({ messages, signature }: SignedBundle, domain: bigint, key: TradingKey): boolean {
  return isSignedBy(hashBundle(messages, domain), signature, key)
}

/** Whether it is the key's EdDSA-Poseidon signature of that digest. */
export function isSignedBy(digest: bigint, { R8x, R8y, S }: Signature, key: TradingKey): boolean {
  return verify(digest, { R8: { x: R8x, y: R8y }, S }, key)
}

/**
 * The trading key of an account that was registered with that point: 8 times it, and so of prime order unless the point
 * is one of the eight of small order, which the contract refuses. An owner registers {@link keyToRegister}.
 */
export function registeredKey(point: TradingKey): TradingKey {
  return primitives().multiply(point, COFACTOR)
}

/** The point to register so that `key` becomes the account's trading key: 8^-1 * key in the prime-order subgroup. */
export function keyToRegister(key: TradingKey): TradingKey {
  return primitives().multiply(key, INVERSE_OF_COFACTOR)
}

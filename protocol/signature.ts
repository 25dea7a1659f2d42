import type { TradingKey } from './account.ts'
import { isPublicKey, publicKey, sign, verify } from './crypto/eddsa.ts'
import { hashMessage, type Message, type SignedMessage } from './message.ts'

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
 * EdDSA-Poseidon of the message for one venue's domain.
 *
 * @example
 * const domain = settlementDomain(31337n, '0x5FbDB2315678afecb367f032d93F642f64180aa3')
 * const bid = { kind: 'order', market: 0, account: 1, side: 'buy', price: 3_000_000n, size: 5n } as const
 * const terms = { timeInForce: 'GTC', reduceOnly: false, expiry: 1_700_000_600n, nonce: 1n } as const
 * const signed = signMessage({ ...bid, ...terms }, domain, privateKey)
 */
export function signMessage(message: Message, domain: bigint, privateKey: Uint8Array): SignedMessage {
  const { R8, S } = sign(privateKey, hashMessage(message, domain))
  return { message, signature: { R8x: R8.x, R8y: R8.y, S } }
}

export function isSignatureValid({ message, signature }: SignedMessage, domain: bigint, key: TradingKey): boolean {
  const { R8x, R8y, S } = signature
  return verify(hashMessage(message, domain), { R8: { x: R8x, y: R8y }, S }, key)
}

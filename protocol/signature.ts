import { buildEddsa } from 'circomlibjs'
import type { TradingKey } from './account.ts'
import { hashMessage, type Message, type SignedMessage } from './message.ts'
import { FIELD } from './numbers.ts'

const eddsa = await buildEddsa()
const { F, babyJub } = eddsa

/** The public key of a private key of 32 bytes. */
export function tradingKey(privateKey: Uint8Array): TradingKey {
  const [x, y] = eddsa.prv2pub(privateKey)
  return { x: F.toObject(x), y: F.toObject(y) }
}

/**
 * Whether a key may stand in an account: canonical, on the curve, in the prime-order subgroup and not its neutral
 * element. Whatever puts an account into the state checks this.
 */
export function isTradingKey({ x, y }: TradingKey): boolean {
  if (x <= 0n || x >= FIELD || y < 0n || y >= FIELD) return false
  const point: [Uint8Array, Uint8Array] = [F.e(x), F.e(y)]
  return babyJub.inCurve(point) && babyJub.inSubgroup(point)
}

/** EdDSA-Poseidon of the message for one venue's domain. */
export function signMessage(message: Message, domain: bigint, privateKey: Uint8Array): SignedMessage {
  const { R8, S } = eddsa.signPoseidon(privateKey, F.e(hashMessage(message, domain)))
  return { message, signature: { R8x: F.toObject(R8[0]), R8y: F.toObject(R8[1]), S } }
}

export function isSignatureValid({ message, signature }: SignedMessage, domain: bigint, key: TradingKey): boolean {
  const { R8x, R8y, S } = signature
  if ([R8x, R8y].some((x) => x < 0n || x >= FIELD) || S < 0n) return false
  const R8: [Uint8Array, Uint8Array] = [F.e(R8x), F.e(R8y)]
  return eddsa.verifyPoseidon(F.e(hashMessage(message, domain)), { R8, S }, [F.e(key.x), F.e(key.y)])
}

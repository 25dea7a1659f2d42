import { FIELD } from '../numbers.ts'
import { isOnCurve, type Point, SUBGROUP_ORDER } from './baby-jubjub.ts'
import { blake512 } from './blake512.ts'
import { isProvableChallenge } from './challenge.ts'
import { primitives } from './primitives.ts'

/** An EdDSA-Poseidon signature: R8 and S as circomlib has them. */
export interface EddsaSignature {
  readonly R8: Point
  readonly S: bigint
}

/** The public key of a private key. */
export function publicKey(privateKey: Uint8Array): Point {
  return primitives().multiplyBase(secretsOf(privateKey).scalar >> 3n)
}

/** Signs a field element. The nonce is derived from key and message, so equal messages have equal signatures. */
export function sign(privateKey: Uint8Array, message: bigint): EddsaSignature {
  const { poseidon, multiplyBase } = primitives()
  const { scalar, prefix } = secretsOf(privateKey)
  const key = multiplyBase(scalar >> 3n)
  const nonce = littleEndian(blake512(concatenate(prefix, toBytes(message)))) % SUBGROUP_ORDER
  const R8 = multiplyBase(nonce)
  const challenge = poseidon(0n, [R8.x, R8.y, key.x, key.y, message])
  return { R8, S: (nonce + challenge * scalar) % SUBGROUP_ORDER }
}

/** Whether this is a canonical point of the prime-order subgroup, and not its neutral element. */
export function isPublicKey(key: Point): boolean {
  return isOnCurve(key) && primitives().isInSubgroup(key)
}

/** Whether S is a scalar that circuits can spell: reduced, and not 0. */
export function isScalar(S: bigint): boolean {
  return S > 0n && S < SUBGROUP_ORDER
}

/**
 * Whether S B = R8 + 8 h A, and a circuit can prove it (protocol.md#signature-circuit): S is reduced and not 0, the challenge h
 * is none of those that nobody can find, the key is of the prime-order subgroup. R8 then lies there too. False for
 * coordinates that are not canonical.
 */
export function verify(message: bigint, { R8, S }: EddsaSignature, key: Point): boolean {
  if (!isScalar(S) || message < 0n || message >= FIELD) return false
  if (!isOnCurve(R8) || !isPublicKey(key)) return false
  const { poseidon, isSum } = primitives()
  const challenge = poseidon(0n, [R8.x, R8.y, key.x, key.y, message])
  if (!isProvableChallenge(challenge)) return false
  return isSum(R8, key, S, (8n * challenge) % SUBGROUP_ORDER)
}

/** The scalar of the key, which is a multiple of 8, and what nonces are derived from. */
function secretsOf(privateKey: Uint8Array): { scalar: bigint; prefix: Uint8Array } {
  const digest = blake512(privateKey)
  const bytes = digest.slice(0, 32)
  bytes[0]! &= 0xf8
  bytes[31] = (bytes[31]! & 0x7f) | 0x40
  return { scalar: littleEndian(bytes), prefix: digest.slice(32) }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function toBytes(element: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((element >> BigInt(8 * i)) & 0xffn))
}

function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

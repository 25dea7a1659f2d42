import { windowsOf } from '../../circuits/lib/fixed-base-windows.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { BASE, type Point, SUBGROUP_ORDER } from '../../protocol/crypto/baby-jubjub.ts'
import { type EddsaSignature, isScalar, sign } from '../../protocol/crypto/eddsa.ts'
import { primitives } from '../../protocol/crypto/primitives.ts'
import { poseidon } from '../../protocol/hash.ts'
import type { Signature } from '../../protocol/message.ts'
import { MESSAGE_LAYOUT, type MessageField } from '../../protocol/message.ts'

/** Generator of the whole curve (EIP-2494), of whose order 8 is a factor. */
const GENERATOR: Point = {
  x: 995203441582195749578291179787384436505546430278305826713579947235728471134n,
  y: 5472060717959818805561601436314318772137091100104008585924551046643952123905n,
}

/** A claim about a signature of a field element. */
export interface SignedElement {
  readonly message: bigint
  readonly signature: EddsaSignature
  readonly key: Point
}

/** A signature with a nonce of one's choice. */
export function signWith(nonce: bigint, secret: bigint, message: bigint): SignedElement {
  const [R8, key] = [timesBase(nonce), timesBase(secret)]
  const h = primitives().poseidon(0n, [R8.x, R8.y, key.x, key.y, message])
  return { message, signature: { R8, S: (nonce + 8n * h * secret) % SUBGROUP_ORDER }, key }
}

/** Inputs of SignatureProbe. */
export function signatureInput({ message, signature, key }: SignedElement, enabled = 1n): CircuitInput {
  const { R8, S } = signature
  const window = windowsOf(isScalar(S) ? S : 1n)
  return { enabled, keyX: key.x, keyY: key.y, R8x: R8.x, R8y: R8.y, message, window }
}

/** Packs a message's fields as they are, well-formed or not. */
export function rawWord(fields: Readonly<Record<MessageField, bigint>>): bigint {
  return MESSAGE_LAYOUT.reduce((word, [name, bits]) => (word << BigInt(bits)) | fields[name], 0n)
}

/** A valid signature of any word, well-formed or not. */
export function signWord(word: bigint, domain: bigint, privateKey: Uint8Array): Signature {
  const { R8, S } = sign(privateKey, poseidon('MESSAGE', [domain, word]))
  return { R8x: R8.x, R8y: R8.y, S }
}

/** The multiple of the base point. */
export function timesBase(scalar: bigint): { x: bigint; y: bigint } {
  return primitives().multiply(BASE, scalar)
}

/** A point of order 8, 4, 2 or 1: multiples of one of order 8. */
export function smallOrderPoint(order: 1 | 2 | 4 | 8): { x: bigint; y: bigint } {
  // A multiple by the subgroup's order leaves the part of small order.
  const torsion = primitives().multiply(GENERATOR, SUBGROUP_ORDER)
  return primitives().multiply(torsion, BigInt(8 / order))
}

import { buildEddsa } from 'circomlibjs'
import { poseidon } from '../../protocol/hash.ts'
import type { Signature } from '../../protocol/message.ts'
import { MESSAGE_LAYOUT, type MessageField } from '../../protocol/message.ts'

const eddsa = await buildEddsa()

/** Order of the prime-order subgroup of BabyJubJub. */
export const SUBGROUP_ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n

/** Packs a message's fields as they are, well-formed or not. */
export function rawWord(fields: Readonly<Record<MessageField, bigint>>): bigint {
  return MESSAGE_LAYOUT.reduce((word, [name, bits]) => (word << BigInt(bits)) | fields[name], 0n)
}

/** A valid signature of any word, well-formed or not. */
export function signWord(word: bigint, domain: bigint, privateKey: Uint8Array): Signature {
  const { R8, S } = eddsa.signPoseidon(privateKey, eddsa.F.e(poseidon('MESSAGE', [domain, word])))
  return { R8x: eddsa.F.toObject(R8[0]), R8y: eddsa.F.toObject(R8[1]), S }
}

/** The multiple of the base point. */
export function timesBase(scalar: bigint): { x: bigint; y: bigint } {
  const [x, y] = eddsa.babyJub.mulPointEscalar(eddsa.babyJub.Base8, scalar)
  return { x: eddsa.F.toObject(x), y: eddsa.F.toObject(y) }
}

/** A point of order 8, 4, 2 or 1: multiples of one of order 8. */
export function smallOrderPoint(order: 1 | 2 | 4 | 8): { x: bigint; y: bigint } {
  const { F, babyJub } = eddsa
  // A multiple by the subgroup's order leaves the part of small order; the generator of the whole curve has order 8 in it.
  const torsion = babyJub.mulPointEscalar(babyJub.Generator, SUBGROUP_ORDER)
  const [x, y] = babyJub.mulPointEscalar(torsion, BigInt(8 / order))
  return { x: F.toObject(x), y: F.toObject(y) }
}

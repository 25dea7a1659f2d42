import { toBytes } from '../../circom/field-bytes.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import type { Piece } from '../pieces.ts'
import { fileHeader, sectionHeader, u32 } from './binary-file.ts'

/** Points that stand once in a Groth16 key, as bytes: affine, little-endian, coordinates in Montgomery form. */
export interface HeaderPoints {
  alpha1: Uint8Array
  beta1: Uint8Array
  beta2: Uint8Array
  gamma2: Uint8Array
  delta1: Uint8Array
  delta2: Uint8Array
}

/** The lists of points, in the same form, each as pieces that are yet to be made. */
export type PointLists = Readonly<Record<'ic' | 'a' | 'b1' | 'b2' | 'c' | 'h', readonly Piece[]>>

const GROTH16 = 1
const COEFFICIENT_BYTES = 12 + 32
/** Constraints whose coefficients make one piece. */
const ROWS = 1 << 15

/** The pieces of a Groth16 .zkey file in snarkjs's format and in its order of sections. */
export function zkeyPieces(
  r1cs: R1cs,
  log: number,
  points: HeaderPoints,
  lists: PointLists,
  circuitHash: Uint8Array,
): Piece[] {
  const header = [
    ...[u32(32), toBytes([BASE_FIELD]), u32(32), toBytes([FIELD]), u32(r1cs.nWires, r1cs.nPublic, 2 ** log)],
    ...[points.alpha1, points.beta1, points.beta2, points.gamma2, points.delta1, points.delta2],
  ]
  return [
    whole(fileHeader('zkey', 10)),
    ...section(1, [whole(u32(GROTH16))]),
    ...section(2, [whole(Buffer.concat(header))]),
    ...section(4, coefficientPieces(r1cs)),
    ...section(3, lists.ic),
    ...section(9, lists.h),
    ...section(8, lists.c),
    ...section(5, lists.a),
    ...section(6, lists.b1),
    ...section(7, lists.b2),
    ...section(10, [whole(Buffer.concat([circuitHash, u32(0)]))]),
  ]
}

/** A piece whose bytes are there. */
export function whole(bytes: Uint8Array): Piece {
  return { bytes: bytes.byteLength, make: () => bytes }
}

function section(id: number, parts: readonly Piece[]): Piece[] {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  return [whole(sectionHeader(id, bytes)), ...parts]
}

/**
 * All terms of A and B, constraint by constraint, then one row of A for the constant and each public wire. A coefficient
 * is stored times 2^512: the prover multiplies it by a witness entry that is not in Montgomery form, which takes one factor
 * 2^256 out, and wants the product in that form.
 */
function coefficientPieces(r1cs: R1cs): Piece[] {
  const { nConstraints, nPublic, offsets } = r1cs
  const montgomerySquare = (1n << 512n) % FIELD
  const values = toBytes([...r1cs.coefficients, 1n].map((value) => (value * montgomerySquare) % FIELD))
  type Write = (matrix: number, row: number, wire: number, coefficient: number) => void
  const piece = (terms: number, fill: (write: Write) => void): Piece => ({
    bytes: terms * COEFFICIENT_BYTES,
    make() {
      const bytes = new Uint8Array(terms * COEFFICIENT_BYTES)
      const view = new DataView(bytes.buffer)
      let at = 0
      fill((matrix, row, wire, coefficient) => {
        view.setUint32(at, matrix, true)
        view.setUint32(at + 4, row, true)
        view.setUint32(at + 8, wire, true)
        for (let byte = 0; byte < 32; byte++) bytes[at + 12 + byte] = values[32 * coefficient + byte]!
        at += COEFFICIENT_BYTES
      })
      return bytes
    },
  })
  let all = nPublic + 1
  const rows: Piece[] = []
  for (let from = 0; from < nConstraints; from += ROWS) {
    const to = Math.min(from + ROWS, nConstraints)
    let terms = 0
    for (let row = from; row < to; row++) terms += offsets[3 * row + 2]! - offsets[3 * row]!
    all += terms
    const fill = (write: Write) => {
      for (let row = from; row < to; row++) {
        for (let matrix = 0; matrix < 2; matrix++) {
          for (let term = offsets[3 * row + matrix]!; term < offsets[3 * row + matrix + 1]!; term++) {
            write(matrix, row, r1cs.wires[term]!, r1cs.coefficientOf[term]!)
          }
        }
      }
    }
    rows.push(piece(terms, fill))
  }
  const ones = piece(nPublic + 1, (write) => {
    for (let wire = 0; wire <= nPublic; wire++) write(0, nConstraints + wire, wire, r1cs.coefficients.length)
  })
  return [whole(u32(all)), ...rows, ones]
}

import type { FileHandle } from 'node:fs/promises'
import { toBytes } from '../../circom/field-bytes.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import { u32, writeFileHeader, writeSection } from './binary-file.ts'

/** Points of a Groth16 key as bytes: affine, little-endian, coordinates in Montgomery form. */
export interface KeyPoints {
  alpha1: Uint8Array
  beta1: Uint8Array
  beta2: Uint8Array
  gamma2: Uint8Array
  delta1: Uint8Array
  delta2: Uint8Array
  ic: Uint8Array
  a: Uint8Array
  b1: Uint8Array
  b2: Uint8Array
  c: Uint8Array
  h: Uint8Array
}

const GROTH16 = 1
const COEFFICIENT_BYTES = 12 + 32

/** Writes a Groth16 .zkey file in snarkjs's format and in its order of sections. */
export async function writeZkey(file: FileHandle, r1cs: R1cs, log: number, points: KeyPoints, circuitHash: Uint8Array) {
  await writeFileHeader(file, 'zkey', 10)
  const section = (id: number, ...parts: Uint8Array[]) =>
    writeSection(
      file,
      id,
      parts.reduce((sum, part) => sum + part.byteLength, 0),
      parts,
    )
  await section(1, u32(GROTH16))
  await section(
    2,
    ...[u32(32), toBytes([BASE_FIELD]), u32(32), toBytes([FIELD]), u32(r1cs.nWires, r1cs.nPublic, 2 ** log)],
    ...[points.alpha1, points.beta1, points.beta2, points.gamma2, points.delta1, points.delta2],
  )
  await section(4, coefficientSection(r1cs))
  await section(3, points.ic)
  await section(9, points.h)
  await section(8, points.c)
  await section(5, points.a)
  await section(6, points.b1)
  await section(7, points.b2)
  await section(10, circuitHash, u32(0))
}

/**
 * All terms of A and B, constraint by constraint, then one row of A for the constant and each public wire. A coefficient
 * is stored times 2^512: the prover multiplies it by a witness entry that is not in Montgomery form, which takes one factor
 * 2^256 out, and wants the product in that form.
 */
function coefficientSection(r1cs: R1cs): Uint8Array {
  const { nConstraints, nPublic, offsets } = r1cs
  const montgomerySquare = (1n << 512n) % FIELD
  const values = toBytes([...r1cs.coefficients, 1n].map((value) => (value * montgomerySquare) % FIELD))
  let count = nPublic + 1
  for (let row = 0; row < nConstraints; row++) count += offsets[3 * row + 2]! - offsets[3 * row]!
  const bytes = new Uint8Array(4 + count * COEFFICIENT_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, count, true)
  let at = 4
  const write = (matrix: number, row: number, wire: number, coefficient: number) => {
    view.setUint32(at, matrix, true)
    view.setUint32(at + 4, row, true)
    view.setUint32(at + 8, wire, true)
    for (let byte = 0; byte < 32; byte++) bytes[at + 12 + byte] = values[32 * coefficient + byte]!
    at += COEFFICIENT_BYTES
  }
  for (let row = 0; row < nConstraints; row++) {
    for (let matrix = 0; matrix < 2; matrix++) {
      for (let term = offsets[3 * row + matrix]!; term < offsets[3 * row + matrix + 1]!; term++) {
        write(matrix, row, r1cs.wires[term]!, r1cs.coefficientOf[term]!)
      }
    }
  }
  for (let wire = 0; wire <= nPublic; wire++) write(0, nConstraints + wire, wire, r1cs.coefficients.length)
  return bytes
}

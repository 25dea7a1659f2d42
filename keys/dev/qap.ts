import type { R1cs } from '../../circom/r1cs.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { lagrangeAt, TWO_ADICITY } from './lagrange.ts'

/** Values at tau of the polynomials of every wire. */
export interface QapEvaluation {
  a: bigint[]
  b: bigint[]
  c: bigint[]
}

/**
 * log2 of the evaluation domain: the smallest power of two above constraints + public signals, because every public signal,
 * and the constant one, has a row of its own. Throws COMPILE_FAILED for a circuit beyond 2^27 rows.
 */
export function domainLog({ nConstraints, nPublic }: Pick<R1cs, 'nConstraints' | 'nPublic'>): number {
  const log = Math.floor(Math.log2(nConstraints + nPublic)) + 1
  if (log >= TWO_ADICITY) {
    throw new ZkclearError('COMPILE_FAILED', `${nConstraints} constraints are too many; at most 2^${TWO_ADICITY - 1}`)
  }
  return log
}

/**
 * A_s(tau), B_s(tau), C_s(tau) of every wire s: column s of each matrix times the Lagrange values. A gets one row more for
 * every public wire (A_s = 1 there, B and C nothing), as in snarkjs: it keeps the public polynomials independent.
 */
export function evaluateQap(r1cs: R1cs, tau: bigint): QapEvaluation {
  const lagrange = lagrangeAt(tau, domainLog(r1cs))
  const parts = Array.from({ length: 3 }, () => new Array<bigint>(r1cs.nWires).fill(0n))
  // The few distinct coefficients are taken between -r/2 and r/2: most are 1, -1 or small, and their products short.
  const coefficients = r1cs.coefficients.map((value) => (value > FIELD / 2n ? value - FIELD : value))
  for (let row = 0; row < 3 * r1cs.nConstraints; row++) {
    const sums = parts[row % 3]!
    const weight = lagrange[Math.floor(row / 3)]!
    for (let term = r1cs.offsets[row]!; term < r1cs.offsets[row + 1]!; term++) {
      const wire = r1cs.wires[term]!
      sums[wire] = sums[wire]! + weight * coefficients[r1cs.coefficientOf[term]!]!
    }
  }
  const [a, b, c] = parts as [bigint[], bigint[], bigint[]]
  for (let wire = 0; wire <= r1cs.nPublic; wire++) a[wire] = a[wire]! + lagrange[r1cs.nConstraints + wire]!
  // Reduced once at the end: the sums stay short, and a division per term would cost more than all else.
  for (const sums of parts) {
    for (const [wire, sum] of sums.entries()) {
      const rest = sum % FIELD
      sums[wire] = rest < 0n ? rest + FIELD : rest
    }
  }
  return { a, b, c }
}

import { createHash } from 'node:crypto'
import { toBytes } from '../../../circom/field-bytes.ts'
import type { R1cs } from '../../../circom/r1cs.ts'
import { FIELD } from '../../../protocol/numbers.ts'

/** Distinct constants of the chain; round i takes number i modulo this. */
const CONSTANTS = 64

const ONE = 0
const MINUS_ONE = 1
const FIRST_CONSTANT = 2

/** Wires: the constant one, the result (public), the start, then of every round a bit, t^2, t^4 and t^5. */
const RESULT = 1
const START = 2

/** Most constraints of a chain that has a domain of 2^log. */
export function largestChain(log: number): number {
  return 2 ** log - 3
}

/**
 * A circuit unlike ours, of 4 * rounds + 1 constraints: x becomes (x + k + bit * m)^5, round after round, as in a hash made of
 * fifth powers. Three quarters of its wires hold numbers of full size, a quarter hold bits, and no row is long.
 */
export function powerChain(constraints: number): { r1cs: R1cs; witness: Uint8Array; signals: readonly bigint[] } {
  const rounds = (constraints - 1) / 4
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`a chain has 4k + 1 constraints, not ${constraints}`)
  const coefficients = [1n, FIELD - 1n, ...Array.from({ length: CONSTANTS }, (_, i) => constant(i))]
  const rows = new Rows()
  const values = [1n, 0n, 3n]
  let x = START
  for (let round = 0; round < rounds; round++) {
    const bit = values.length
    const [k, m] = [FIRST_CONSTANT + (round % CONSTANTS), FIRST_CONSTANT + ((7 * round + 5) % CONSTANTS)]
    // x, bit and the constant one, with their coefficients: the fifth root of what comes out.
    const t: Term[] = [
      [0, k],
      [x, ONE],
      [bit, m],
    ]
    const [square, fourth, fifth] = [bit + 1, bit + 2, bit + 3]
    rows.add(
      [[bit, ONE]],
      [
        [0, MINUS_ONE],
        [bit, ONE],
      ],
      [],
    )
    rows.add(t, t, [[square, ONE]])
    rows.add([[square, ONE]], [[square, ONE]], [[fourth, ONE]])
    rows.add([[fourth, ONE]], t, [[fifth, ONE]])
    const value = (Math.imul(round, 0x9e3779b1) >>> 17) & 1
    const sum = values[x]! + coefficients[k]! + (value === 1 ? coefficients[m]! : 0n)
    const squared = (sum * sum) % FIELD
    const toTheFourth = (squared * squared) % FIELD
    values.push(BigInt(value), squared, toTheFourth, (toTheFourth * sum) % FIELD)
    x = fifth
  }
  rows.add([[x, ONE]], [[0, ONE]], [[RESULT, ONE]])
  values[RESULT] = values[x]!
  const r1cs: R1cs = {
    prime: FIELD,
    nWires: values.length,
    nPublic: 1,
    nOutputs: 1,
    nPublicInputs: 0,
    nPrivateInputs: rounds + 1,
    nConstraints: constraints,
    offsets: Uint32Array.from(rows.offsets),
    wires: Uint32Array.from(rows.wires),
    coefficientOf: Uint32Array.from(rows.coefficientOf),
    labelOf: Uint32Array.from(values, (_, wire) => wire),
    coefficients,
  }
  return { r1cs, witness: toBytes(values), signals: [values[RESULT]!] }
}

type Term = readonly [wire: number, coefficient: number]

class Rows {
  readonly offsets = [0]
  readonly wires: number[] = []
  readonly coefficientOf: number[] = []

  add(...constraint: readonly (readonly Term[])[]): void {
    for (const row of constraint) {
      for (const [wire, coefficient] of row) {
        this.wires.push(wire)
        this.coefficientOf.push(coefficient)
      }
      this.offsets.push(this.wires.length)
    }
  }
}

/** 253 bits, which is below the field's order. */
function constant(index: number): bigint {
  const hash = createHash('sha256').update(`zkclear/bench/power-chain/${index}`).digest('hex')
  return BigInt(`0x${hash}`) >> 3n
}

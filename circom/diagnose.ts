import { ZkclearError } from '../protocol/errors.ts'
import type { CircuitArtifacts } from '../keys/artifacts.ts'
import { findBrokenConstraints } from './constraint-check.ts'
import { FIELD_BYTES } from '../circuits/input-schema.ts'
import { readR1cs } from './r1cs.ts'
import { describeConstraint, readSymbols } from './symbols.ts'

/** Constraints that an error describes at most. */
const DESCRIBED = 8

/**
 * Why a proof did not verify: CONSTRAINT_BROKEN, naming constraints, components and signals (no values), if the witness does
 * not satisfy the circuit; PROOF_INVALID if it does, so that the key or the backend is at fault.
 */
export async function diagnose({ circuit, files }: CircuitArtifacts, witness: Uint8Array): Promise<ZkclearError> {
  const r1cs = await readR1cs(files.r1cs)
  const broken = findBrokenConstraints(r1cs, wires(witness), { limit: DESCRIBED })
  if (broken.length === 0) {
    const message = `the proof of ${circuit} does not verify although its witness is right; build the key again`
    return new ZkclearError('PROOF_INVALID', message, { details: { circuit } })
  }
  const symbols = await readSymbols(files.sym)
  const constraints = broken.map((constraint) => describeConstraint(r1cs, symbols, constraint))
  const [first] = constraints
  const where = `constraint ${first!.constraint} of ${circuit}, in ${first!.components.join(' and ')}`
  const message = `the witness breaks ${where}, over ${first!.signals.slice(0, DESCRIBED).join(', ')}`
  return new ZkclearError('CONSTRAINT_BROKEN', message, { details: { circuit, constraints } })
}

/** The witness as numbers. */
export function wires(witness: Uint8Array): bigint[] {
  const view = new DataView(witness.buffer, witness.byteOffset, witness.byteLength)
  return Array.from({ length: witness.length / FIELD_BYTES }, (_, index) => wireAt(view, index))
}

/** Entries `from` (inclusive) to `to` (exclusive) of the witness. */
export function wireRange(witness: Uint8Array, from: number, to: number): bigint[] {
  return wires(witness.subarray(from * FIELD_BYTES, to * FIELD_BYTES))
}

function wireAt(view: DataView, index: number): bigint {
  let value = 0n
  for (let word = 3; word >= 0; word--) value = (value << 64n) | view.getBigUint64(index * FIELD_BYTES + 8 * word, true)
  return value
}

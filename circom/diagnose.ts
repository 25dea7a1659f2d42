import { ZkclearError } from '../protocol/errors.ts'
import { findBrokenConstraints } from './constraint-check.ts'
import { readR1cs } from './r1cs.ts'
import { describeConstraint, readSymbols } from './symbols.ts'
import { wires } from './witness-wires.ts'

/** Constraints that an error describes at most. */
const DESCRIBED = 8

/** The circuit's name and its files that a diagnosis reads. */
export interface DiagnosableCircuit {
  readonly circuit: string
  readonly files: { readonly r1cs: string; readonly sym: string }
}

/**
 * Why a proof did not verify: CONSTRAINT_BROKEN, naming constraints, components and signals (no values), if the witness does
 * not satisfy the circuit; PROOF_INVALID if it does, so that the key or the backend is at fault.
 */
export async function diagnose({ circuit, files }: DiagnosableCircuit, witness: Uint8Array): Promise<ZkclearError> {
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

import type { R1cs } from '../circom/r1cs.ts'

/** Where the inputs lie among the wires. */
export interface InputWires {
  readonly from: number
  /** Exclusive: what lies before it is an input. */
  readonly to: number
  /** Exclusive: what lies from it on is no input. Equal to `to` unless simplification took inputs away. */
  readonly mostTo: number
}

/**
 * The inputs of a constraint system: by the format's definition the wires after the outputs, public ones first, as many as the
 * header counts. Labels say nothing of it, but for one case: circom's simplification takes private inputs away and counts
 * them still. A system whose labels are circom's, ascending, may show that. Its last wires by the count are then taken for
 * neither: a proof of uniqueness does not presume them, and witnesses of a forgery agree in them.
 */
export function inputWires(r1cs: R1cs): InputWires {
  const from = 1 + r1cs.nOutputs
  const mostTo = Math.min(1 + r1cs.nPublic + r1cs.nPrivateInputs, r1cs.nWires)
  return { from, to: hasLabelsOfCircom(r1cs) ? afterLabelsOfInputs(r1cs, mostTo) : mostTo, mostTo }
}

/** The main component's signals are labelled first, outputs before public inputs before private ones; all of the first two have wires. */
function hasLabelsOfCircom({ labelOf, nPublic }: R1cs): boolean {
  return labelOf.every((label, wire) => (wire <= nPublic ? label === wire : label > labelOf[wire - 1]!))
}

function afterLabelsOfInputs({ labelOf, nPublic, nPrivateInputs }: R1cs, mostTo: number): number {
  let to = 1 + nPublic
  while (to < mostTo && labelOf[to]! <= nPublic + nPrivateInputs) to++
  return to
}

import type { CircuitInput, InputShape, InputValue } from '../circuits/types.ts'

/** The values that an input may take, in bits: [0, 2^bits), or [-2^bits, 2^bits) if signed. */
export interface InputWidth {
  /** 1 to 253. */
  readonly bits: number
  /** A negative number x is the field element r + x. Default false. */
  readonly signed?: boolean
}

/** The same as bounds: `low` inclusive, `high` exclusive. Negative bounds mean a signed input. */
export interface InputRange {
  readonly low: bigint
  readonly high: bigint
}

/** What a model says of one input signal. */
export type DeclaredInput = (InputWidth | InputRange) & {
  /** Dimensions, outermost first; empty, the default, for a single signal. */
  readonly shape?: InputShape
  /** Further values worth trying in each place, such as a divisor's multiples; also outside the declared range. */
  readonly values?: readonly bigint[]
}

/**
 * What a circuit claims, as a predicate over whole numbers: `zkclear audit <circuit> --against <model>` compares the two at
 * the ends of every range. A model file is an ES module with one of these as its default export.
 *
 * The functions get every input by its name: unsigned ones as they go into the circuit, in [0, r); signed ones as integers,
 * the upper half of the field being negative. They must be pure.
 */
export interface BoundaryModel<Inputs extends CircuitInput = CircuitInput> {
  /** Every input signal of the circuit but those that `derive` computes. The widths tell where to look, not what is legal. */
  readonly inputs: Readonly<Record<string, DeclaredInput>>
  /**
   * Input signals that follow from the others, such as hints, hashes and signatures; integers, taken modulo r. Called for
   * illegal inputs as well: it must answer with something for any.
   */
  derive?(inputs: Inputs): CircuitInput
  /** True if the circuit must accept the inputs; false, or the name of the rule that they break, if it must refuse them. */
  legal(inputs: Inputs): boolean | string
  /** Expected values of output signals, by name, for legal inputs; negative ones as integers or field elements. */
  outputs?(inputs: Inputs): Readonly<Record<string, InputValue>>
  /** Inputs to be tried besides those made from the widths; derived signals may be given, and then are not derived. */
  readonly cases?: readonly CircuitInput[]
}

/** The declared range: low inclusive, high exclusive. */
export function rangeOf(declared: DeclaredInput): InputRange {
  if ('low' in declared) return { low: declared.low, high: declared.high }
  const high = 1n << BigInt(declared.bits)
  return { low: declared.signed ? -high : 0n, high }
}

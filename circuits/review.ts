import type { ProfileName } from '../protocol/shape.ts'

/** A pair of signals that the audit takes for a key, a point of prime order, and who answers for it. */
export interface KeyAssumption {
  /** Names of the signals; `*` stands for any index. */
  readonly x: string
  readonly y: string
  readonly reason: string
}

/** Signals that the inputs do not determine, by pattern of their names, and why that proves nothing false. */
export interface FreeSignals {
  readonly pattern: RegExp
  readonly reason: string
}

/** Why inverses in zero tests may be free. */
export const INVERSE_OF_ZERO =
  'hints of tests for zero: where the input is 0, `in * inv = 1 - out` and `in * out = 0` make out 1 whatever inv is, and nothing else reads inv'

/** Why quotients of AssertAtMost may be free. */
export const QUOTIENT_OF_ZEROS =
  'quotients of counts: where both counts are 0, `quotient * missing = beyond` holds whatever the quotient is, and nothing else reads it'

/** What an input of a circuit is to its statement. */
export type InputRole =
  /** Part of the statement. */
  | 'public'
  /** Opened: some public root or nullifier is its hash. */
  | 'committed'
  /** What happened, which is the prover's to choose; all that follows from it is forced. */
  | 'chosen'
  /** Saves the circuit a search. Whatever is given, no other statement follows from the rest. */
  | 'hint'

/** Inputs of a circuit that have one role, for one reason. */
export interface InputDescription {
  readonly names: readonly string[]
  readonly role: InputRole
  readonly reason: string
}

/** Part of a circuit, by the components that belong to it. The first section whose pattern fits a component takes it. */
export interface Section {
  readonly name: string
  /** Fits the path of a component below main, such as `step[2].check` or `admit[0].signature`. */
  readonly components: RegExp
}

/** What reviewers and benchmarks know of a circuit. */
export interface CircuitReview {
  /** The most constraints that it may have, by profile (circuits.md#budgets). */
  readonly budget: Readonly<Record<ProfileName, number>>
  /** All inputs, by role. */
  readonly inputs: readonly InputDescription[]
  /** What the audit takes for granted. */
  readonly keys: readonly KeyAssumption[]
  /** All signals that may be free. */
  readonly free: readonly FreeSignals[]
  /** What it is made of, in the order of its rules: for counting constraints. */
  readonly sections: readonly Section[]
}

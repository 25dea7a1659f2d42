import type { Operator } from './mutants.ts'

/** Mutants that no test can tell from the real circuit, or that harm nobody, and why. */
export interface Argument {
  readonly file: string
  readonly template: string
  /** The instruction, comments left out and blanks as one. */
  readonly instruction: string
  readonly operator: Operator
  /** What exactly is changed; for `alter` the expression that it becomes. Without it every mutant of that operator is meant. */
  readonly detail?: string
  readonly reason: string
}

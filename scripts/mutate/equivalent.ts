import type { Mutant, Operator } from './mutants.ts'

/** Mutants that no test can tell from the real circuit, or that harm nobody, and why. */
export interface Argument {
  readonly file: string
  readonly template: string
  /** The statement, comments left out and blanks as one. */
  readonly statement: string
  readonly operator: Operator
  /** Part of what is changed; without it every mutant of that operator on the statement is meant. */
  readonly detail?: string
  readonly reason: string
}

/** Reviewed by hand; a test holds that each entry excuses a mutant that survives. */
export const ARGUMENTS: readonly Argument[] = []

/** The argument for a mutant, if there is one. */
export function argumentFor({ operator, statement, detail }: Mutant): Argument | undefined {
  return ARGUMENTS.find(
    (argument) =>
      argument.file === statement.file &&
      argument.template === statement.template &&
      argument.statement === statement.text &&
      argument.operator === operator &&
      (argument.detail === undefined || detail.includes(argument.detail)),
  )
}

import { Command } from 'commander'
import type { ExitCode } from './exit-codes.ts'
import type { Session } from './session.ts'

/** What a command found out. Printed once, at its end: as the JSON document, or as text. */
export interface Outcome {
  /** One document for programs; bigints become decimal strings. */
  readonly document: Readonly<Record<string, unknown>>
  readonly text: string
  /** Default: success. */
  readonly code?: ExitCode
}

/** Gives an action its session and prints its outcome. */
export type Runner = <Arguments extends unknown[]>(
  action: (session: Session, ...given: Arguments) => Promise<Outcome>,
) => (...given: Arguments) => Promise<void>

/** One command, ready to be added to the program. */
export type Verb = (run: Runner) => Command

/** A command with what all have: --json, --verbose, and examples below its help. */
export function newVerb(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print one JSON document on standard output; errors as JSON on standard error')
    .option('--verbose', 'log what happens to standard error, and the stack of an error')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`)
}

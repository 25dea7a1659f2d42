import { Command } from 'commander'
import type { Outcome } from './report.ts'
import type { Session } from './session.ts'

/** Gives an action its session and prints its outcome. */
export type Runner = <Arguments extends unknown[]>(
  action: (session: Session, ...given: Arguments) => Promise<Outcome>,
) => (...given: Arguments) => Promise<void>

/** One command, ready to be added to the program. */
export type Verb = (run: Runner) => Command

/** A command with what all have: --json, --verbose, and examples below its help. */
export function newVerb(name: string, description: string, examples: readonly string[]): Command {
  return (
    new Command(name)
      // Lines are as long as the terminal is wide: those of the source end nowhere in particular.
      .description(description.replaceAll('\n', ' '))
      .option('--json', 'print one JSON document on standard output; errors as JSON on standard error')
      .option('--verbose', 'log what happens to standard error, and the stack of an error')
      .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`)
  )
}

/** A command of commands. */
export function newGroup(
  name: string,
  description: string,
  { examples, commands }: { readonly examples: readonly string[]; readonly commands: readonly Verb[] },
): Verb {
  return (run) => {
    const group = newVerb(name, description, examples).helpCommand(false)
    for (const command of commands) group.addCommand(summarised(command(run)))
    return group
  }
}

/** In the list of a group's commands stands what each does; the rest is in its own help. */
function summarised(command: Command): Command {
  return command.summary(/^.*?\.(?= |$)/.exec(command.description())![0])
}

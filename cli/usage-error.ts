import type { Command, CommanderError } from 'commander'

/** A command line that does not parse, with what would be allowed. */
export class UsageError extends Error {
  readonly allowed: string

  constructor(cause: CommanderError, command: Command) {
    super(cause.code === 'commander.help' ? 'no command given' : cause.message.replace(/^error: /, ''))
    this.name = 'UsageError'
    const help = command.createHelp()
    const commands = help.visibleCommands(command).map((one) => one.name())
    const allowed = [
      help.commandUsage(command),
      ...(commands.length > 0 ? [`commands: ${commands.join(', ')}`] : []),
      `options: ${help
        .visibleOptions(command)
        .map(({ flags }) => flags)
        .join('; ')}`,
    ]
    this.allowed = allowed.join('\n')
  }
}

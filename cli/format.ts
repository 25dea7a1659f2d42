/** How a command prints what it has to say. */
export interface Format {
  readonly json: boolean
  readonly verbose: boolean
}

/** Read from the raw arguments, because also what is wrong with the arguments has to be reported in it. */
export function formatOf(args: readonly string[]): Format {
  return { json: args.includes('--json'), verbose: args.includes('--verbose') }
}

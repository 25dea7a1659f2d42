import { ZkclearError } from '../../../protocol/errors.ts'

/** An outside prover: a name for the tables, and its command line with placeholders. */
export interface ExternalProver {
  readonly name: string
  readonly argv: readonly string[]
}

/** What stands for a path in a template. `public` may be left out; the others may not. */
const PLACEHOLDERS = ['zkey', 'wtns', 'proof', 'public'] as const

export type Placeholder = (typeof PLACEHOLDERS)[number]

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,23}$/

/**
 * Parses `name=prover {zkey} {wtns} {proof} {public}`. The command is split at spaces, and run without a shell; single or
 * double quotes keep spaces in an argument, and nothing else has a meaning. Throws INPUT_INVALID.
 */
export function parseExternal(text: string): ExternalProver {
  const equals = text.indexOf('=')
  if (equals < 0) refuse(text, 'needs the form name=command {zkey} {wtns} {proof} {public}')
  const name = text.slice(0, equals)
  if (!NAME.test(name)) refuse(text, 'needs a name of letters, digits, spaces, ".", "_" and "-", 24 at most')
  if (/^(snarkjs$|native\b)/i.test(name)) refuse(text, `"${name}" is a name of the benchmark's own; choose another`)
  const argv = splitCommand(text, text.slice(equals + 1))
  if (argv.length === 0 || argv[0] === '') refuse(text, 'has no command')
  const found = argv.flatMap((argument) => [...argument.matchAll(/\{(\w*)\}/g)].map(([, inner]) => inner!))
  const unknown = found.find((inner) => !PLACEHOLDERS.includes(inner as Placeholder))
  if (unknown !== undefined) refuse(text, `has {${unknown}}; there are ${PLACEHOLDERS.map((p) => `{${p}}`).join(', ')}`)
  const missing = PLACEHOLDERS.find((placeholder) => placeholder !== 'public' && !found.includes(placeholder))
  if (missing !== undefined) refuse(text, `lacks {${missing}}`)
  return { name, argv }
}

/** Parses several, whose names must differ. Throws INPUT_INVALID. */
export function parseExternals(texts: readonly string[]): ExternalProver[] {
  const provers = texts.map(parseExternal)
  const again = provers.findIndex(({ name }, i) => provers.findIndex((other) => other.name === name) !== i)
  if (again >= 0) refuse(texts[again]!, 'has the name of another one')
  return provers
}

/** The arguments with paths in place of the placeholders, each as one argument whatever it contains. */
export function fillTemplate(argv: readonly string[], paths: Readonly<Record<Placeholder, string>>): string[] {
  return argv.map((argument) => argument.replaceAll(/\{(\w+)\}/g, (_, inner: Placeholder) => paths[inner]))
}

function splitCommand(text: string, command: string): string[] {
  const argv: string[] = []
  let argument: string | undefined
  let quote: string | undefined
  for (const character of command) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined
      else argument += character
    } else if (character === '"' || character === "'") {
      quote = character
      argument ??= ''
    } else if (/\s/.test(character)) {
      if (argument !== undefined) argv.push(argument)
      argument = undefined
    } else {
      argument = (argument ?? '') + character
    }
  }
  if (quote !== undefined) refuse(text, `has no closing ${quote}`)
  if (argument !== undefined) argv.push(argument)
  return argv
}

function refuse(text: string, what: string): never {
  throw new ZkclearError('INPUT_INVALID', `"${text}" ${what}`, { path: '--external' })
}

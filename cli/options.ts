import { type Command, Option } from 'commander'
import { CIRCUIT_NAMES, type CircuitName, PROOF_SYSTEMS, type ProofSystem } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { requireAddress } from '../protocol/address.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { PROFILE_NAMES, type ProfileName, venueShape } from '../protocol/shape.ts'

/** Which keys a command uses. */
export interface KeyOptions {
  readonly buildDirectory?: string
  readonly seed?: string
  readonly ceremony?: string
}

/** Which compiled circuits and keys a command uses. */
export interface ArtifactOptions extends KeyOptions {
  readonly profile: ProfileName
}

/** Which compiled circuits a command uses. */
export type CircuitOptions = Pick<ArtifactOptions, 'profile' | 'buildDirectory'>

export function addArtifactOptions(command: Command): Command {
  return addKeyOptions(command.addOption(profileOption()))
}

/** Of commands that use compiled circuits, and no keys. */
export function addCircuitOptions(command: Command): Command {
  return command.addOption(profileOption()).addOption(buildDirectoryOption())
}

function buildDirectoryOption(): Option {
  return new Option('--build-directory <dir>', 'where compiled circuits and keys are (default: build/ in the package)')
}

export function addKeyOptions(command: Command): Command {
  return command
    .addOption(buildDirectoryOption())
    .option('--seed <text>', 'seed of the dev keys, which protect nothing: no secret (default: a public constant)')
    .addOption(
      new Option('--ceremony <digest>', 'use the keys that this ceremony made, in place of dev keys').conflicts('seed'),
    )
}

/** --profile, default small. Throws PROFILE_UNKNOWN. */
export function profileOption(): Option {
  return new Option('--profile <name>', `circuit sizes: ${PROFILE_NAMES.join(' or ')}`)
    .default('small')
    .argParser((name) => {
      venueShape(name)
      return name
    })
}

/** An option's value that only some commands have. */
export interface ProofSystemOptions {
  readonly proofSystem: ProofSystem
}

/** --proof-system, default groth16. Throws INPUT_INVALID for one that does not exist. */
export function proofSystemOption(): Option {
  const known = PROOF_SYSTEMS.join(', ')
  return new Option('--proof-system <name>', `one of ${known}; not every circuit is offered in all`)
    .default('groth16')
    .argParser((name) => {
      if ((PROOF_SYSTEMS as readonly string[]).includes(name)) return name
      const message = `got ${JSON.stringify(name.slice(0, 100))}, need one of ${known}`
      throw new ZkclearError('INPUT_INVALID', message, { path: '--proof-system' })
    })
}

/** Names that users may give for a circuit, as help shows them. */
export const CIRCUIT_HELP = `one of ${CIRCUIT_NAMES.join(', ')}`

/** A circuit's name from outside. Throws CIRCUIT_UNKNOWN. */
export function parseCircuit(name: string): CircuitName {
  return requireCircuit(name).name
}

/** Gathers the values of an option that takes several circuits, each once. Throws CIRCUIT_UNKNOWN. */
export function collectCircuits(name: string, before: readonly CircuitName[] = []): readonly CircuitName[] {
  const parsed = parseCircuit(name)
  return before.includes(parsed) ? before : [...before, parsed]
}

/** Parses an option's value as a decimal integer in [low, high]. Throws INPUT_INVALID. */
export function integerBetween(option: string, low: bigint, high: bigint): (text: string) => bigint {
  return (text) => {
    const value = /^(0|[1-9][0-9]{0,77})$/.test(text) ? BigInt(text) : undefined
    if (value !== undefined && value >= low && value <= high) return value
    const message = `got ${JSON.stringify(text.slice(0, 100))}, need a decimal integer from ${low} to ${high}`
    throw new ZkclearError('INPUT_INVALID', message, { path: option })
  }
}

/** Parses an option's value as an address other than zero. Throws INPUT_INVALID. */
export function addressOf(option: string): (text: string) => string {
  return (text) => requireAddress(text, option)
}

/** An option with a decimal integer in [low, high] and a default. Throws INPUT_INVALID for anything else. */
export function integerOption(
  flags: string,
  description: string,
  { low, high, otherwise }: Readonly<Record<'low' | 'high' | 'otherwise', bigint>>,
): Option {
  const name = flags.split(' ')[0]!
  // Given as text as well, because help prints defaults as JSON, which has no bigints.
  return new Option(flags, description).argParser(integerBetween(name, low, high)).default(otherwise, `${otherwise}`)
}

import type { Command } from 'commander'

/** Where a ceremony is. */
export interface DirectoryOption {
  readonly dir: string
}

/** What a ceremony's keys are made from. */
export interface SourceOptions {
  readonly ptau: string
  readonly trustPtau?: string
  readonly buildDirectory?: string
}

export function addDirectoryOption(command: Command): Command {
  return command.requiredOption('--dir <dir>', "the ceremony's directory; it holds a folder for each round")
}

export function addSourceOptions(command: Command): Command {
  return command
    .requiredOption('--ptau <file>', 'powers-of-tau file, prepared for phase 2')
    .option('--trust-ptau <hash>', 'BLAKE2b-512 hash of a file that is none of the published ones; you vouch for it')
    .option('--build-directory <dir>', 'where compiled circuits and keys are (default: build/ in the package)')
}

/** The library's names for these options. */
export function ceremonySources({ ptau, trustPtau, buildDirectory }: SourceOptions) {
  return { powersOfTau: ptau, trustPtau, buildDirectory }
}

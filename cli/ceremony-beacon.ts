import { applyBeacon } from '../keys/ceremony/index.ts'
import { addDirectoryOption, type DirectoryOption } from './ceremony-options.ts'
import { roundOutcome } from './ceremony-round.ts'
import { integerOption } from './options.ts'
import { newVerb, type Verb } from './verb.ts'

interface BeaconOptions extends DirectoryOption {
  readonly value: string
  readonly iterations: bigint
  readonly source?: string
}

const DESCRIPTION = `Ends a ceremony with public randomness that nobody could know before the last contribution, such as the hash of a block
that was announced beforehand. Nothing can be contributed after it.`

export const beaconCommand: Verb = (run) =>
  addDirectoryOption(
    newVerb('beacon', DESCRIPTION, [
      'zkclear ceremony beacon --dir ceremony --value <64 hex digits> --source "Ethereum block 30000000"',
    ]),
  )
    .requiredOption('--value <hex>', 'the beacon: 16 to 64 bytes in lower-case hex')
    .addOption(
      integerOption('--iterations <n>', 'log2 of the times that it is hashed', { low: 10n, high: 32n, otherwise: 16n }),
    )
    .option('--source <text>', 'where the value comes from, so that everybody can look it up')
    .action(
      run(async ({ signal, onProgress }, { dir, value, iterations, source }: BeaconOptions) => {
        const iterationsExponent = Number(iterations)
        const round = await applyBeacon({ directory: dir, value, iterationsExponent, source, signal, onProgress })
        return roundOutcome(round, 'Next: "zkclear ceremony verify", publish the directory and the digest, and export.')
      }),
    )

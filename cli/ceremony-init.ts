import { CIRCUIT_NAMES, type CircuitName } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { initCeremony, transcriptDigest } from '../keys/ceremony/index.ts'
import type { ProfileName } from '../protocol/shape.ts'
import {
  addDirectoryOption,
  addSourceOptions,
  ceremonySources,
  type DirectoryOption,
  type SourceOptions,
} from './ceremony-options.ts'
import { CIRCUIT_HELP, collectCircuits, profileOption } from './options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface InitOptions extends DirectoryOption, SourceOptions {
  readonly profile: ProfileName
  readonly circuit?: readonly CircuitName[]
  readonly beaconPlan?: string
}

const DESCRIPTION = `Begins a ceremony: compiles the circuits, checks the powers-of-tau file against the published hashes, and makes each
circuit's first key. Anybody can forge proofs under a first key; nothing else of zkclear accepts it.`

export const initCommand: Verb = (run) =>
  addSourceOptions(
    addDirectoryOption(
      newVerb('init', DESCRIPTION, [
        'zkclear ceremony init --dir ceremony --ptau powersOfTau28_hez_final_16.ptau',
        'zkclear ceremony init --dir ceremony --circuit margin-sufficiency --profile standard --ptau powersOfTau28_hez_final_13.ptau',
      ]),
    ),
  )
    .option('--circuit <name...>', `which circuits: ${CIRCUIT_HELP} (default: all)`, collectCircuits)
    .addOption(profileOption())
    .option('--beacon-plan <text>', 'which public event will give the beacon; it goes into the transcript')
    .action(
      run(async ({ signal, onProgress }, options: InitOptions) => {
        const circuits = (options.circuit ?? CIRCUIT_NAMES).map(requireCircuit)
        const { path, transcript } = await initCeremony({
          ...ceremonySources(options),
          directory: options.dir,
          circuits,
          profile: options.profile,
          beaconPlan: options.beaconPlan,
          signal,
          onProgress,
        })
        const digest = transcriptDigest(transcript)
        const { profile, powersOfTau } = transcript
        const table = tableText(
          ['circuit', 'constraints', 'domain', 'first key (sha256)'],
          transcript.circuits.map(({ circuit, constraints, power, initialKey }) => [
            circuit,
            constraints,
            `2^${power}`,
            initialKey,
          ]),
        )
        const tau = powersOfTau.name ?? `${options.ptau}, which you vouch for`
        return {
          document: { folder: path, digest, profile, powersOfTau, circuits: transcript.circuits },
          text: `${table}\npowers of tau: ${tau} (2^${powersOfTau.power})\ndigest: ${digest}\nNext: hand ${path} to the first contributor.`,
        }
      }),
    )

import { CIRCUIT_NAMES, type CircuitName, proofSystemsOf } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import { buildArtifacts } from '../keys/build.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { chooseBackend, describeBackend, warningOf } from '../prover/select-backend.ts'
import {
  type ArtifactOptions,
  addArtifactOptions,
  CIRCUIT_HELP,
  collectCircuits,
  integerBetween,
  type ProofSystemOptions,
  proofSystemOption,
} from './options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

interface BuildOptions extends ArtifactOptions, ProofSystemOptions {
  readonly circuit?: readonly CircuitName[]
  readonly atOnce?: bigint
  readonly threads?: bigint
}

const DESCRIPTION = `Compiles circuits and makes their dev keys, and compiles the native prover where it is missing.
What is current already costs nothing.`

export const verb: Verb = (run) =>
  addArtifactOptions(
    newVerb('build', DESCRIPTION, [
      'zkclear build',
      'zkclear build --circuit margin-sufficiency --profile standard',
      'zkclear build --proof-system plonk',
    ]),
  )
    .option(
      '--circuit <name...>',
      `which circuits, each ${CIRCUIT_HELP} (default: all that are offered in the proof system)`,
      collectCircuits,
    )
    .addOption(proofSystemOption())
    .option(
      '--at-once <n>',
      'circuits that are built side by side (default: as many as the machine has processors, if it has 3 GB of memory for each)',
      integerBetween('--at-once', 1n, 64n),
    )
    .option(
      '--threads <n>',
      'threads that make keys (default: as many as the machine has)',
      integerBetween('--threads', 1n, 256n),
    )
    .action(
      run(async ({ signal, onLongProgress: onProgress, warn }, options: BuildOptions) => {
        const offered = CIRCUIT_NAMES.filter((name) =>
          proofSystemsOf(requireCircuit(name)).includes(options.proofSystem),
        )
        const backend = await chooseBackend(options.proofSystem, { build: true, signal, onProgress })
        const warning = warningOf(backend)
        if (warning !== undefined) warn(warning)
        const built = await buildArtifacts({
          ...options,
          circuits: (options.circuit ?? offered).map(requireCircuit),
          atOnce: options.atOnce === undefined ? undefined : Number(options.atOnce),
          threads: options.threads === undefined ? undefined : Number(options.threads),
          signal,
          onProgress,
        }).catch(orGoesOn)
        const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
        const table = tableText(
          ['circuit', 'profile', 'proof system', 'constraints', 'keys', 'compile', 'check', 'key', ''],
          built.map(({ circuit, profile, manifest: { proofSystem, constraints, setup, durations }, built: fresh }) => {
            const times = [durations.compile, durations.check, durations.key].map(seconds)
            return [circuit, profile, proofSystem, constraints.total, setup, ...times, fresh ? 'built' : 'was current']
          }),
        )
        const circuits = built.map(({ circuit, profile, directory, manifest, built }) => {
          const { hash, proofSystem, setup, constraints, durations } = manifest
          return { circuit, profile, proofSystem, directory, built, hash, setup, constraints, durations }
        })
        return { document: { circuits, backend }, text: `${table}\n${describeBackend(backend)}` }
      }),
    )

/** Whoever ends it need not fear for what it did. */
function orGoesOn(error: unknown): never {
  if (!(error instanceof ZkclearError) || error.code !== 'ABORTED') throw error
  const message = `${error.message}; what was finished is kept, and the same command goes on from there`
  throw new ZkclearError('ABORTED', message, { cause: error })
}

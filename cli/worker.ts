import process from 'node:process'
import { endWithParent } from '../circom/end-with-parent.ts'
import { CIRCUIT_NAMES, type CircuitName } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { ifSound, loadEach } from '../keys/load.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { loadServedCircuit, type ServedCircuit } from '../service/jobs/served-circuit.ts'
import { AttestedInputs } from '../service/worker/attested-inputs.ts'
import { ProveProcess } from '../service/worker/prove-process.ts'
import { VenueClient } from '../service/worker/venue-client.ts'
import { runWorker } from '../service/worker/worker.ts'
import { runAttestationCommand } from './attestation-command.ts'
import {
  type ArtifactOptions,
  addArtifactOptions,
  CIRCUIT_HELP,
  collectCircuits,
  integerBetween,
  integerOption,
} from './options.ts'
import { readTokenFile, withToken } from './token-file.ts'
import { newVerb, type Verb } from './verb.ts'

interface WorkerOptions extends ArtifactOptions {
  readonly venue: string
  readonly tokenFile: string
  readonly circuit?: readonly CircuitName[]
  readonly memory?: bigint
  readonly grace: bigint
  readonly attestationCommand?: string
  readonly parent?: bigint
}

const DESCRIPTION = `Proves for a venue: takes one job after another of circuits that are built here, and gives their proofs back. Job inputs, which
are private, are kept in memory alone. Runs until it is interrupted; then it finishes the proof under way, or hands its job
back, and ends with 0.`

const MEBIBYTE = 1n << 20n
const MOST_MEMORY = 1n << 24n
const MOST_PROCESSES = 1n << 22n

export const verb: Verb = (run) =>
  addArtifactOptions(
    newVerb('worker', DESCRIPTION, [
      'zkclear worker --venue https://venue.example --token-file worker-token.txt',
      'zkclear worker --venue http://127.0.0.1:8440 --token-file worker-token.txt --circuit trade-batch',
    ]),
  )
    .requiredOption('--venue <url>', 'address of the venue; http:// for this machine alone')
    .requiredOption('--token-file <file>', "file with the worker's token, mode 0600")
    .option(
      '--circuit <name>',
      `prove this one, ${CIRCUIT_HELP} (repeatable; default: all that are built)`,
      collectCircuits,
    )
    .option(
      '--memory <MiB>',
      'memory that a proof may take (default: what is free at the start)',
      integerBetween('--memory', 1n, MOST_MEMORY),
    )
    .addOption(
      integerOption('--grace <s>', 'seconds that a proof may still take after an interrupt', {
        ...{ low: 0n, high: 3600n, otherwise: 10n },
      }),
    )
    .option(
      '--attestation-command <program>',
      'has the enclave that this runs in attested: what writes its document (docs/service.md)',
    )
    .option(
      '--parent <pid>',
      'end with the process of that number, which must be the one that starts this',
      integerBetween('--parent', 1n, MOST_PROCESSES),
    )
    .action(
      run(async ({ signal, log, tell }, options: WorkerOptions) => {
        if (options.parent !== undefined) endWithParent(Number(options.parent))
        const { venue: url, tokenFile, profile, grace, buildDirectory, seed, ceremony } = options
        const memory = options.memory ?? BigInt(process.availableMemory()) / MEBIBYTE
        const venue = new VenueClient({ url, token: await readTokenFile(tokenFile) })
        const { attestationCommand: program } = options
        const attested = program === undefined ? undefined : attestedBy(program, venue)
        const circuits = await loadCircuits(options)
        await withToken(tokenFile, 'worker', () => venue.requireToken(signal)).catch((error) => {
          // A venue that cannot be reached is asked again, with a warning, below.
          if (error.code !== 'VENUE_UNREACHABLE') throw error
        })
        const names = circuits.map(({ definition }) => definition.name)
        return {
          document: { venue: url, profile, circuits: names, memory: Number(memory) },
          text: `proves ${names.join(', ')} (${profile}) for ${url}`,
          async lasting() {
            using prover = new ProveProcess({
              ...{ profile, circuits: names, selection: { buildDirectory, seed, ceremony } },
            })
            const run = () =>
              runWorker({
                ...{
                  venue,
                  prover,
                  circuits,
                  attested,
                  signal,
                  memory: Number(memory * MEBIBYTE),
                  graceMs: Number(grace) * 1000,
                },
                onProved: (facts) => log.info(facts, 'proved'),
                onWarning: (message) => tell('warn', message),
              })
            await withToken(tokenFile, 'worker', run)
          },
        }
      }),
    )

function attestedBy(program: string, venue: VenueClient): AttestedInputs {
  return new AttestedInputs(venue, (request, signal) => runAttestationCommand(program, request, signal))
}

/** Those that were named, or all that are built. Throws as `loadServedCircuit`; ARTIFACT_MISSING if there is none. */
async function loadCircuits({ circuit: named, profile, ...selection }: WorkerOptions): Promise<ServedCircuit[]> {
  const definitionsOf = (names: readonly CircuitName[]) =>
    names.map((name) => requireCircuit(name) as unknown as CircuitDefinition)
  const load = (circuit: CircuitDefinition) => loadServedCircuit(circuit, profile, selection)
  if (named !== undefined) return await loadEach(definitionsOf(named), load, { profile, ...selection })
  const all = await Promise.all(definitionsOf(CIRCUIT_NAMES).map((circuit) => ifSound(() => load(circuit))))
  const built = all.filter((circuit) => circuit !== undefined)
  if (built.length > 0) return built
  throw new ZkclearError('ARTIFACT_MISSING', `no circuit is built for the profile ${profile}; run "zkclear build"`)
}

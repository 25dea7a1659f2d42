import { availableParallelism } from 'node:os'
import process from 'node:process'
import { CIRCUITS } from '../circuits/index.ts'
import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { Progress } from '../circuits/types.ts'
import type { ArtifactSelection } from '../keys/selection.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import type { BackendInUse, ProvingBackend } from './backend.ts'
import type { Definitions } from './job.ts'
import { loadCircuit, type ProgramOpener } from './load-circuit.ts'
import type { LoadedCircuit } from './loaded-circuit.ts'
import { integerOption, requireSignal } from './options.ts'
import { OwnWitnesses } from './own-witnesses.ts'
import { Prover } from './prover.ts'
import { openChosenBackend, warningOf } from './select-backend.ts'
import { throwIfAborted } from './serial-queue.ts'

export interface ProverOptions<D extends Definitions, Name extends keyof D & string, S extends ProofSystem = 'groth16'>
  extends ArtifactSelection {
  profile: ProfileName
  /** Default: Groth16. */
  proofSystem?: S | undefined
  /** Circuits to load. Default: all definitions. */
  circuits?: readonly Name[] | undefined
  /** Default: the registry. */
  definitions?: D | undefined
  /**
   * Default: for Groth16 the native prover, which is compiled first where it is missing; snarkjs for other proof systems
   * and where there is no compiler. A backend that is given stays the caller's to dispose.
   */
  backend?: ProvingBackend<S> | undefined
  /** Witnesses calculated at once. Default: half of what the machine runs at once, at least one. */
  witnessThreads?: number | undefined
  /** How long disposing waits for jobs under way before it aborts them, in milliseconds. Default 10,000. */
  graceMs?: number | undefined
  /** Stops the loading with ABORTED. */
  signal?: AbortSignal | undefined
  /** Stages `compile the native prover`, if that has to be done, and `load`, each from 0 to 1. */
  onProgress?: ((progress: Progress) => void) | undefined
  /** Gets warnings that snarkjs proves, or circom calculates, where something faster should. Default: Node's warnings, each once. */
  onWarning?: ((message: string) => void) | undefined
}

/**
 * Loads circuits and keys and returns a prover: `await using prover = await createProver({ profile: 'small' })`. Every
 * artifact is checked against its manifest and every verification key is vetted first. Throws PROFILE_UNKNOWN,
 * CIRCUIT_UNKNOWN, INPUT_INVALID (an option), NATIVE_UNAVAILABLE (ZKCLEAR_NATIVE asks for what this machine lacks),
 * ARTIFACT_MISSING (build first), ARTIFACT_CORRUPT, KEY_UNSAFE or ABORTED; then nothing is left running.
 *
 * @example
 * await using prover = await createProver({ profile: 'small', circuits: ['margin-sufficiency'] })
 * const { proof } = await prover.prove('margin-sufficiency', statement, witness)
 */
export async function createProver<
  D extends Definitions = typeof CIRCUITS,
  Name extends keyof D & string = keyof D & string,
  S extends ProofSystem = 'groth16',
>(options: ProverOptions<D, Name, S>): Promise<Prover<Pick<D, Name>, S>> {
  if (typeof options !== 'object' || options === null) {
    throw new ZkclearError('INPUT_INVALID', "must be an object such as { profile: 'small' }", { path: 'options' })
  }
  const { profile, signal, onProgress } = options
  requireSignal(signal)
  venueShape(profile)
  const witnessThreads = integerOption(options.witnessThreads, defaultWitnessThreads(), 1, 'witnessThreads')
  const graceMs = integerOption(options.graceMs, 10_000, 0, 'graceMs')
  const definitions: Definitions = options.definitions ?? CIRCUITS
  const names: readonly string[] = options.circuits ?? Object.keys(definitions)
  if (!Array.isArray(names)) {
    throw new ZkclearError('INPUT_INVALID', "must be a list of names, such as ['trade-batch']", { path: 'circuits' })
  }
  const ownsBackend = options.backend === undefined
  const { onWarning = warnOnce } = options
  const { backend, inUse, openProgram } = await backendOf(options, onWarning)
  try {
    const circuits = new Map<string, LoadedCircuit<S>>()
    for (const name of names) {
      throwIfAborted(signal)
      onProgress?.({ stage: 'load', fraction: circuits.size / names.length })
      if (!Object.hasOwn(definitions, name)) {
        const known = Object.keys(definitions).join(', ')
        throw new ZkclearError('CIRCUIT_UNKNOWN', `no circuit "${String(name)}"; choose from ${known}`)
      }
      circuits.set(name, await loadCircuit(definitions[name]!, profile, options, backend, openProgram))
    }
    onProgress?.({ stage: 'load', fraction: 1 })
    // Threads and what manages them are loaded by who proves.
    const { WitnessPool } = await import('./witness-pool.ts')
    const pool = new OwnWitnesses(new WitnessPool(witnessThreads), onWarning)
    const circomWitnesses = openProgram === undefined ? undefined : withoutProgram(circuits, onWarning)
    const described = { ...inUse, ...(circomWitnesses ? { circomWitnesses } : {}) }
    const availableMemory = () => process.availableMemory()
    return new Prover({ circuits, pool, backend, inUse: described, ownsBackend, graceMs, availableMemory })
  } catch (error) {
    if (ownsBackend) await backend.dispose()
    throw error
  }
}

/** Half of what the machine runs at once, at least one: proving wants the rest. */
function defaultWitnessThreads(): number {
  return Math.max(1, availableParallelism() >> 1)
}

async function backendOf<S extends ProofSystem>(
  options: Pick<ProverOptions<Definitions, string, S>, 'backend' | 'proofSystem' | 'signal' | 'onProgress'>,
  onWarning: (message: string) => void,
): Promise<{ backend: ProvingBackend<S>; inUse: BackendInUse; openProgram?: ProgramOpener }> {
  const { backend: given, proofSystem = 'groth16' as S } = options
  if (given !== undefined) return { backend: given, inUse: { name: given.name } }
  const { backend, choice, openProgram } = await openChosenBackend(proofSystem, options)
  const warning = warningOf(choice)
  if (warning !== undefined) onWarning(warning)
  return { backend, inUse: choice, openProgram }
}

/** The circuits without a witness program, and why; warns of those that a build would give one. */
function withoutProgram(
  circuits: ReadonlyMap<string, Pick<LoadedCircuit, 'own'>>,
  onWarning: (message: string) => void,
): Record<string, string> | undefined {
  const without = [...circuits].flatMap(([name, { own }]) => ('run' in own ? [] : [{ name, ...own }]))
  const missing = without.filter(({ isMissing }) => isMissing).map(({ name }) => name)
  if (missing.length > 0) {
    const which = `witness programs of ${missing.join(', ')} were not built: circom's calculator computes their witnesses`
    onWarning(`${which}, many times slower; run "zkclear build"`)
  }
  return without.length === 0 ? undefined : Object.fromEntries(without.map(({ name, reason }) => [name, reason]))
}

const warned = new Set<string>()

function warnOnce(message: string): void {
  if (!warned.has(message)) process.emitWarning(message, { type: 'ZkclearWarning', code: 'ZKCLEAR_SLOWER' })
  warned.add(message)
}

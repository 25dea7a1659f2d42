import { availableParallelism } from 'node:os'
import process from 'node:process'
import type { CompilableCircuit } from '../circom/main-component.ts'
import type { Progress } from '../circuits/types.ts'
import { type BuiltCircuit, buildCompiled } from './build-compiled.ts'
import { type BuiltArtifacts, buildKeys } from './build-keys.ts'
import { type BuildOptions, shareOf } from './build-options.ts'
import { buildProgram, hasProgram } from './build-program.ts'
import { locateProgram } from './selection.ts'
import { sideBySide } from './side-by-side.ts'

export type { BuildOptions, BuiltArtifacts, BuiltCircuit }

/** Share of compiling in the time of a build, for the progress; the key takes the rest. */
const COMPILE_SHARE = 0.6
/** Share of compiling and of the witness program. */
const PROGRAM_SHARE = 0.7

/**
 * Compiles circuits, with a program for their witnesses, and makes their dev keys where that is not done already; what is current is only checked, and keys
 * outlive changes of the sources that leave the constraints as they are. Keys of a ceremony are never made here: they must
 * have been exported. What the compiler simplified is compared with the same circuit as it is written, once, when it is
 * compiled; a difference is COMPILE_FAILED. A directory appears complete or not at all, also if several processes build the same one.
 * Several circuits are built side by side; where one fails, the others are aborted.
 * A build that was aborted or killed leaves what it had finished beside the directory, and the next one goes on from there. Throws
 * COMPILE_FAILED, ABORTED, ARTIFACT_MISSING (a ceremony's keys), or OUTPUT_UNWRITABLE if the build directory cannot be
 * written.
 *
 * @example
 * const [built] = await buildArtifacts({ circuits: [marginSufficiency], profile: 'small' })
 */
export async function buildArtifacts(options: BuildOptions): Promise<BuiltArtifacts[]> {
  return await forEach(options, async (circuit, one) => {
    const onProgress = shareOf(one.onProgress, 0, COMPILE_SHARE)
    // The circuit as it is written is compiled once, for the check and for the program.
    const program = (manifest: { hash: string }) =>
      hasProgram(one) ? locateProgram(manifest, one).directory : undefined
    const { built, ...compiled } = await buildCompiled(circuit, { ...one, onProgress }, program)
    const ofProgram = shareOf(one.onProgress, COMPILE_SHARE, PROGRAM_SHARE)
    const programmed = await buildProgram(circuit, compiled, { ...one, onProgress: ofProgram })
    const ofKeys = shareOf(one.onProgress, PROGRAM_SHARE, 1)
    const keyed = await buildKeys(circuit, compiled, { ...one, onProgress: ofKeys })
    return { ...keyed, built: built || programmed || keyed.built }
  })
}

/** Compiles circuits where that is not done already, without keys. Throws as {@link buildArtifacts}. */
export async function compileArtifacts(options: BuildOptions): Promise<BuiltCircuit[]> {
  return await forEach(options, (circuit, one) => buildCompiled(circuit, one))
}

/** Memory that a circuit of the standard profile may take while it is built. */
const CIRCUIT_BYTES = 3e9

/** As many circuits as there are processors, if the memory that is free is enough for them. */
function defaultAtOnce(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(process.availableMemory() / CIRCUIT_BYTES)))
}

/** Runs one job for each circuit; progress is reported for all together, with the circuit's name. */
async function forEach<T>(
  options: BuildOptions,
  build: (circuit: CompilableCircuit, options: BuildOptions) => Promise<T>,
): Promise<T[]> {
  const { circuits } = options
  const done = circuits.map(() => 0)
  const atOnce = options.atOnce ?? defaultAtOnce()
  return await sideBySide(circuits, { atOnce, signal: options.signal }, async (circuit, index, signal) => {
    const onProgress = ({ stage, fraction }: Progress) => {
      done[index] = fraction
      const all = done.reduce((sum, one) => sum + one, 0)
      options.onProgress?.({ stage: `${stage} ${circuit.name}`, fraction: all / circuits.length })
    }
    const result = await build(circuit, { ...options, signal, onProgress })
    done[index] = 1
    return result
  })
}

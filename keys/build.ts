import { compileCircuit } from '../circom/compile.ts'
import { CompilerProcess } from '../circom/compiler-process.ts'
import { COMPILER_VERSION, type CompilableCircuit, type Optimization } from '../circom/main-component.ts'
import { readR1cs } from '../circom/r1cs.ts'
import { checkSimplification, differencesText, type SystemFiles } from '../circom/simplification.ts'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { createDevKey } from './dev/dev-key.ts'
import { createKzgDevKey } from './dev/kzg-key.ts'
import { digestFiles } from './file-digests.ts'
import { type CircuitArtifacts, type CompiledCircuit, ifSound, loadCompiled, loadKeys } from './load.ts'
import { COMPILED_FILES, KEY_FILES, writeManifest } from './manifest.ts'
import { makeDirectory } from './publish-directory.ts'
import { type ArtifactSelection, DEFAULT_DEV_SEED, locateCompiled, locateKeys, optimizationOf } from './selection.ts'

export interface BuildOptions extends ArtifactSelection {
  circuits: readonly CompilableCircuit[]
  profile: ProfileName
  /** The circuit without simplification, compiled from the sources as they are. Default: compiled for the check of a build. */
  written?: ((circuit: CompilableCircuit) => Promise<SystemFiles>) | undefined
  /** A process to compile in. Default: one for each circuit. */
  compiler?: CompilerProcess | undefined
  /** Threads for key generation. Default: as many as the machine runs at once. */
  threads?: number | undefined
  signal?: AbortSignal | undefined
  /** Called with the fraction of the whole job; never called for circuits that are current. */
  onProgress?: ((progress: Progress) => void) | undefined
}

export interface BuiltArtifacts extends CircuitArtifacts {
  /** False if the artifacts were current and nothing was done. */
  built: boolean
}

export interface BuiltCircuit extends CompiledCircuit {
  /** False if the compiled circuit was current and nothing was done. */
  built: boolean
}

/** Share of compiling in the time of a build, for the progress; the key takes the rest. */
const COMPILE_SHARE = 0.7
/** Share in the time of compiling that the check of what was simplified leaves. */
const SIMPLIFIED_SHARE = 0.65

/**
 * Compiles circuits and makes their dev keys where that is not done already; what is current is only checked, and keys
 * outlive changes of the sources that leave the constraints as they are. Keys of a ceremony are never made here: they must
 * have been exported. What the compiler simplified is compared with the same circuit as it is written, once, when it is
 * compiled; a difference is COMPILE_FAILED. A directory appears complete or not at all, also if several processes build the same one. Throws
 * COMPILE_FAILED, ABORTED, ARTIFACT_MISSING (a ceremony's keys), or OUTPUT_UNWRITABLE if the build directory cannot be
 * written.
 *
 * @example
 * const [built] = await buildArtifacts({ circuits: [marginSufficiency], profile: 'small' })
 */
export async function buildArtifacts(options: BuildOptions): Promise<BuiltArtifacts[]> {
  return await forEach(options, async (circuit, one) => {
    const onProgress = shareOf(one.onProgress, 0, COMPILE_SHARE)
    const { built, ...compiled } = await buildCompiled(circuit, { ...one, onProgress })
    const keyed = await buildKeys(circuit, compiled, {
      ...one,
      onProgress: shareOf(one.onProgress, COMPILE_SHARE, 1),
    })
    return { ...keyed, built: built || keyed.built }
  })
}

/** Compiles circuits where that is not done already, without keys. Throws as {@link buildArtifacts}. */
export async function compileArtifacts(options: BuildOptions): Promise<BuiltCircuit[]> {
  return await forEach(options, buildCompiled)
}

/** Runs one job for each circuit after the other; progress is reported for all together, with the circuit's name. */
async function forEach<T>(
  options: BuildOptions,
  build: (circuit: CompilableCircuit, options: BuildOptions) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  for (const [index, circuit] of options.circuits.entries()) {
    const onProgress = ({ stage, fraction }: Progress) =>
      options.onProgress?.({
        stage: `${stage} ${circuit.name}`,
        fraction: (index + fraction) / options.circuits.length,
      })
    results.push(await build(circuit, { ...options, onProgress }))
  }
  return results
}

async function buildCompiled(circuit: CompilableCircuit, options: BuildOptions): Promise<BuiltCircuit> {
  const { profile, signal } = options
  const { hash, directory } = locateCompiled(circuit, profile, options)
  const load = () => loadCompiled(circuit, profile, options)
  const current = await ifSound(load)
  if (current !== undefined) return { ...current, built: false }
  throwIfAborted(signal)
  const fill = async (folder: string) => {
    const optimization = optimizationOf(options)
    const { onProgress, sourceRoots } = options
    const share = optimization === 'O0' ? 1 : SIMPLIFIED_SHARE
    using own = new CompilerProcess()
    const { compiler = own } = options
    const common = { definition: circuit, profile, signal, compiler, ...(sourceRoots ? { sourceRoots } : {}) }
    const compilation = await compileCircuit({
      ...{ ...common, directory: folder, optimization },
      onProgress: shareOf(onProgress, 0, share),
    })
    checkPublicSignals(circuit, await readR1cs(compilation.files.r1cs))
    const check =
      optimization === 'O0'
        ? 0
        : await checked(compilation.files, optimization, {
            ...{ ...common, written: await options.written?.(circuit) },
            onProgress: shareOf(onProgress, share, 1),
          })
    const { linear, nonLinear, total, wires } = compilation.counts
    await writeManifest(folder, {
      ...{ version: 3, circuit: circuit.name, profile, hash, compiler: COMPILER_VERSION, optimization },
      constraints: { linear, nonLinear, total },
      signals: wires,
      publicInputs: [...circuit.publicSignals],
      files: await digestFiles(folder, COMPILED_FILES),
      milliseconds: { compile: compilation.milliseconds, check },
      compilerPeakBytes: compilation.peakBytes,
    })
  }
  await makeDirectory(directory, fill, async () => (await ifSound(load)) !== undefined)
  return { ...(await load()), built: true }
}

async function buildKeys(
  circuit: CompilableCircuit,
  compiled: CompiledCircuit,
  options: BuildOptions,
): Promise<BuiltArtifacts> {
  const { proofSystem = 'groth16', seed = DEFAULT_DEV_SEED, signal, threads, onProgress } = options
  const load = () => loadKeys(circuit, compiled, options)
  const current = await ifSound(load)
  if (current !== undefined) return { ...current, built: false }
  // Says what is missing or corrupt: keys of a ceremony are exported, never built.
  if (options.ceremony !== undefined) return { ...(await load()), built: false }
  throwIfAborted(signal)
  const r1csDigest = compiled.manifest.files[COMPILED_FILES.r1cs].sha256
  const { hash, directory } = locateKeys(circuit, r1csDigest, options)
  const fill = async (folder: string) => {
    const started = performance.now()
    const [zkey, vkey] = [`${folder}/${KEY_FILES.zkey}`, `${folder}/${KEY_FILES.vkey}`]
    const keyOptions = { zkey, vkey, threads, signal, onProgress }
    const r1cs = compiled.files.r1cs
    if (proofSystem === 'groth16') await createDevKey({ ...keyOptions, r1cs: await readR1cs(r1cs), secrets: seed })
    else await createKzgDevKey({ ...keyOptions, system: proofSystem, r1cs, seed })
    await writeManifest(folder, {
      ...{ version: 2, hash, r1cs: r1csDigest, proofSystem, setup: 'dev' },
      files: await digestFiles(folder, KEY_FILES),
      milliseconds: Math.round(performance.now() - started),
    })
  }
  await makeDirectory(directory, fill, async () => (await ifSound(load)) !== undefined)
  return { ...(await load()), built: true }
}

/**
 * Refuses a circuit that simplification changed: circom drops constraints that contradict each other, and what is proved would
 * not be what the sources say. Returns the milliseconds that it took.
 */
async function checked(
  simplified: SystemFiles,
  optimization: Optimization,
  options: Parameters<typeof checkSimplification>[1],
): Promise<number> {
  const started = performance.now()
  const { definition: circuit } = options
  const check = await checkSimplification(simplified, options)
  if (check.equivalent) return Math.round(performance.now() - started)
  const lines = differencesText(check).map((line) => `  ${line}`)
  throw new ZkclearError(
    'COMPILE_FAILED',
    `simplification (-${optimization}) changed what ${circuit.name} says; mend the circuit:\n${lines.join('\n')}`,
    { details: { circuit: circuit.name, optimization } },
  )
}

/** A registry that disagrees with its template would misread every proof. */
function checkPublicSignals(circuit: CompilableCircuit, r1cs: { nPublic: number; nOutputs: number }): void {
  if (r1cs.nOutputs !== 0 || r1cs.nPublic !== circuit.publicSignals.length) {
    throw new ZkclearError(
      'COMPILE_FAILED',
      `${circuit.template} has ${r1cs.nOutputs} outputs and ${r1cs.nPublic} public signals; the registry allows no output ` +
        `and names ${circuit.publicSignals.length} public inputs`,
      { details: { circuit: circuit.name } },
    )
  }
}

/** Progress of a part that runs from one fraction of the whole to another. */
function shareOf(onProgress: BuildOptions['onProgress'], from: number, to: number) {
  return ({ stage, fraction }: Progress) => onProgress?.({ stage, fraction: from + (to - from) * fraction })
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ZkclearError('ABORTED', 'building was aborted')
}

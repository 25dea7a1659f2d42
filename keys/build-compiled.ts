import { join } from 'node:path'
import { z } from 'zod'
import { type CompileOptions, compileCircuit } from '../circom/compile.ts'
import { CompilerProcess } from '../circom/compiler-process.ts'
import { COMPILER_VERSION, type CompilableCircuit, type Optimization } from '../circom/main-component.ts'
import { readR1cs } from '../circom/r1cs.ts'
import { compareSystems, differencesText, type SystemFiles } from '../circom/simplification.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type BuildOptions, shareOf, throwIfAborted } from './build-options.ts'
import { digestFiles } from './file-digests.ts'
import { type CompiledCircuit, ifSound, loadCompiled } from './load.ts'
import { COMPILED_FILES, type CompiledManifest, WRITTEN, writeManifest } from './manifest.ts'
import { finished } from './part.ts'
import { makeDirectory, type Workshop } from './publish-directory.ts'
import { locateCompiled, optimizationOf } from './selection.ts'
import { handOver, removeForgotten } from './unfinished.ts'

export interface BuiltCircuit extends CompiledCircuit {
  /** False if the compiled circuit was current and nothing was done. */
  built: boolean
}

const count = z.int().nonnegative()
const compilationSchema = z.object({
  counts: z.object({ linear: count, nonLinear: count, total: count, wires: count }),
  milliseconds: count,
  peakBytes: count,
})
const checkSchema = z.object({ milliseconds: count })

/** Share in the time of compiling that the check of what was simplified leaves. */
const SIMPLIFIED_SHARE = 0.65
/** Share of compiling in the time of that check; the comparison takes the rest. */
const WRITTEN_SHARE = 0.6

/**
 * Compiles one circuit where that is not done already; what an earlier build had finished of it is taken. The circuit as it is written, if
 * it was compiled, is left to the build of the directory `next`, and otherwise to nobody.
 */
export async function buildCompiled(
  circuit: CompilableCircuit,
  options: BuildOptions,
  next: (manifest: CompiledManifest) => string | undefined = () => undefined,
): Promise<BuiltCircuit> {
  const { profile, signal, sourceRoots, onProgress } = options
  const { hash, directory } = locateCompiled(circuit, profile, options)
  const load = () => loadCompiled(circuit, profile, options)
  const current = await ifSound(load)
  if (current !== undefined) {
    await removeForgotten(directory)
    return { ...current, built: false }
  }
  throwIfAborted(signal)
  const fill = async (workshop: Workshop) => {
    const { whole, beside } = workshop
    const optimization = optimizationOf(options)
    const share = optimization === 'O0' ? 1 : SIMPLIFIED_SHARE
    using own = new CompilerProcess()
    const { compiler = own } = options
    const job = { definition: circuit, profile, signal, compiler, ...(sourceRoots ? { sourceRoots } : {}) }
    const { counts, milliseconds, peakBytes } = await finished({
      ...{ record: join(beside, 'compiled.json'), folder: whole, files: COMPILED_FILES, result: compilationSchema },
      make: () => compileCircuit({ ...job, directory: whole, optimization, onProgress: shareOf(onProgress, 0, share) }),
    })
    checkPublicSignals(circuit, await readR1cs(join(whole, COMPILED_FILES.r1cs)))
    const check = optimization === 'O0' ? 0 : await checkOnce(circuit, workshop, job, options)
    const { linear, nonLinear, total, wires } = counts
    const manifest: CompiledManifest = {
      ...{ version: 3, circuit: circuit.name, profile, hash, compiler: COMPILER_VERSION, optimization },
      constraints: { linear, nonLinear, total },
      signals: wires,
      publicInputs: [...circuit.publicSignals],
      files: await digestFiles(whole, COMPILED_FILES),
      milliseconds: { compile: milliseconds, check },
      compilerPeakBytes: peakBytes,
    }
    await writeManifest(whole, manifest)
    const inherits = next(manifest)
    if (inherits !== undefined) await handOver(beside, [WRITTEN.record, WRITTEN.folder], inherits)
  }
  await makeDirectory(directory, fill, async () => (await ifSound(load)) !== undefined)
  return { ...(await load()), built: true }
}

type Job = Pick<CompileOptions, 'definition' | 'profile' | 'signal' | 'compiler' | 'sourceRoots'>

/** Compares what was simplified with the circuit as it is written, which is compiled for that. Returns the milliseconds it took. */
async function checkOnce(
  circuit: CompilableCircuit,
  { whole, beside }: Workshop,
  job: Job,
  options: BuildOptions,
): Promise<number> {
  const report = shareOf(options.onProgress, SIMPLIFIED_SHARE, 1)
  const stage = 'check simplification of'
  const compare = async () => {
    const started = performance.now()
    const given = await options.written?.(circuit)
    const folder = join(beside, WRITTEN.folder)
    const { milliseconds } = given
      ? { milliseconds: 0 }
      : await finished({
          ...{ record: join(beside, WRITTEN.record), folder, files: WRITTEN.files, result: compilationSchema },
          make: () =>
            compileCircuit({
              ...{ ...job, directory: folder, optimization: 'O0', inspect: false, generator: false },
              onProgress: ({ fraction }) => report({ stage, fraction: WRITTEN_SHARE * fraction }),
            }),
        })
    report({ stage, fraction: WRITTEN_SHARE })
    await refuseDifferences(circuit, optimizationOf(options), {
      ...{ full: given ?? systemIn(folder), simplified: systemIn(whole), signal: job.signal },
    })
    return { milliseconds: Math.max(milliseconds, Math.round(performance.now() - started)) }
  }
  const record = join(beside, 'checked.json')
  const { milliseconds } = await finished({
    ...{ record, folder: join(beside, 'checked'), files: {}, result: checkSchema },
    make: compare,
  })
  return milliseconds
}

function systemIn(folder: string): SystemFiles {
  return { r1cs: join(folder, WRITTEN.files.r1cs), sym: join(folder, WRITTEN.files.sym) }
}

/** circom drops constraints that contradict each other: what is proved would not be what the sources say. */
async function refuseDifferences(
  circuit: CompilableCircuit,
  optimization: Optimization,
  { signal, ...systems }: { full: SystemFiles; simplified: SystemFiles; signal: AbortSignal | undefined },
): Promise<void> {
  const check = await compareSystems(systems, { signal })
  if (check.equivalent) return
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

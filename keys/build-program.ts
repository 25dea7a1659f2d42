import { join } from 'node:path'
import { z } from 'zod'
import { compileCircuit } from '../circom/compile.ts'
import { CompilerProcess } from '../circom/compiler-process.ts'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { makeFolders } from '../circom/make-folders.ts'
import { compileProgramFile } from '../circom/witness-program/job.ts'
import { type BuildOptions, shareOf, throwIfAborted } from './build-options.ts'
import { digestFiles } from './file-digests.ts'
import { type CompiledCircuit, ifSound } from './load.ts'
import { loadProgram } from './load-program.ts'
import { PROGRAM_FILES, WRITTEN, writeManifest } from './manifest.ts'
import { finished } from './part.ts'
import { makeDirectory, type Workshop } from './publish-directory.ts'
import { locateProgram } from './selection.ts'

const nothing = z.object({})

/** Whether circuits get programs: only the native prover runs them, and it proves Groth16. */
export function hasProgram({ proofSystem = 'groth16' }: BuildOptions): boolean {
  return proofSystem === 'groth16'
}

/** Share of compiling the circuit as it is written. */
const WRITTEN_SHARE = 0.5

/**
 * Compiles the witness program of a compiled circuit where that is not done already, from the circuit as it is written, which is
 * compiled unless `buildCompiled` left it; that there can be none is noted too.
 * Returns whether something was done.
 */
export async function buildProgram(
  circuit: CompilableCircuit,
  compiled: CompiledCircuit,
  options: BuildOptions,
): Promise<boolean> {
  const { profile, signal, sourceRoots, onProgress } = options
  if (!hasProgram(options)) return false
  const { hash, directory } = locateProgram(compiled.manifest, options)
  const load = () => loadProgram(circuit, compiled, options)
  if ((await ifSound(load)) !== undefined) return false
  throwIfAborted(signal)
  const stage = 'compile the witness program of'
  onProgress?.({ stage, fraction: 0 })
  const compileWritten = async (folder: string) => {
    using own = new CompilerProcess()
    const { compiler = own } = options
    const job = { definition: circuit, profile, signal, compiler, ...(sourceRoots ? { sourceRoots } : {}) }
    const report = shareOf(onProgress, 0, WRITTEN_SHARE)
    await compileCircuit({
      ...{ ...job, directory: folder, optimization: 'O0', inspect: false, generator: false },
      onProgress: ({ fraction }) => report({ stage, fraction }),
    })
    return {}
  }
  const fill = async ({ whole, beside }: Workshop) => {
    const started = performance.now()
    const folder = join(beside, WRITTEN.folder)
    const given = await options.written?.(circuit)
    if (given?.sym === undefined) {
      const record = join(beside, WRITTEN.record)
      await finished({ record, folder, files: WRITTEN.files, result: nothing, make: () => compileWritten(folder) })
    }
    const written =
      given?.sym === undefined
        ? { r1cs: join(folder, WRITTEN.files.r1cs), sym: join(folder, WRITTEN.files.sym) }
        : { r1cs: given.r1cs, sym: given.sym }
    onProgress?.({ stage, fraction: WRITTEN_SHARE })
    await makeFolders(whole)
    const program = join(whole, PROGRAM_FILES.program)
    const outcome = await compileProgramFile({ written, shipped: compiled.files, program }, { signal })
    const milliseconds = Math.round(performance.now() - started)
    await writeManifest(whole, {
      ...{ version: 1, hash, milliseconds },
      ...('missing' in outcome
        ? { presumesAudit: false, missing: { count: outcome.count, first: [...outcome.missing] } }
        : { presumesAudit: outcome.presumesAudit, files: await digestFiles(whole, PROGRAM_FILES) }),
    })
    onProgress?.({ stage, fraction: 1 })
  }
  await makeDirectory(directory, fill, async () => (await ifSound(load)) !== undefined)
  return true
}

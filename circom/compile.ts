import { rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import {
  type CircuitCounts,
  parseCounts,
  plainText,
  type UnconstrainedFinding,
  unconstrainedFindings,
} from './compiler-output.ts'
import { CompilerProcess } from './compiler-process.ts'
import { type CompilableCircuit, circuitSources, mainComponent, type Optimization } from './main-component.ts'
import { makeFolders } from './make-folders.ts'
import { circomlibParent, circuitsDirectory } from './paths.ts'

export interface CompileOptions {
  definition: CompilableCircuit
  profile: ProfileName
  /** Folder that receives main.circom, circuit.r1cs, circuit.wasm and circuit.sym; made if missing. */
  directory: string
  /** Default: O2. */
  optimization?: Optimization
  /** False lets signals pass that no constraint mentions: for tests that take constraints away. Default true. */
  inspect?: boolean
  /** False makes no witness generator, which saves time: there is no file `files.wasm` then. Default true. */
  generator?: boolean
  /** A process to compile in. Default: one that ends with the job. */
  compiler?: CompilerProcess
  /** Folders of the caller's sources, searched in this order for bare includes. Default: the package's `circuits/`. */
  sourceRoots?: readonly string[]
  /** Kills the compiler. */
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

export interface Compilation {
  counts: CircuitCounts
  files: { main: string; r1cs: string; wasm: string; sym: string }
  /** Library templates with unconstrained signals; known and harmless, see `unconstrainedFindings`. */
  libraryFindings: readonly UnconstrainedFinding[]
  milliseconds: number
  /** Peak resident memory of the compiler process. */
  peakBytes: number
}

/** Lines of circom's output that mark how far it is. */
const MILESTONES: readonly [RegExp, number][] = [
  [/template instances: \d/, 0.15],
  [/non-linear constraints: \d/, 0.8],
  [/Written successfully: .*\.r1cs/, 0.85],
  [/Written successfully: .*\.sym/, 0.9],
  [/Written successfully: .*\.wasm/, 1],
]

/**
 * Compiles one circuit with circom in a child process. Throws COMPILE_FAILED with circom's own message, also if a template
 * of ours has a signal that no constraint mentions (`--inspect`, CA01); OUTPUT_UNWRITABLE if the folder takes no more;
 * ABORTED if `signal` fires, or somebody else ends the compiler.
 *
 * @example
 * const { counts, files } = await compileCircuit({ definition: marginSufficiency, profile: 'small', directory: 'out' })
 */
export async function compileCircuit(options: CompileOptions): Promise<Compilation> {
  const { definition, profile, optimization = 'O2', inspect = true, generator = true, signal, onProgress } = options
  const directory = resolve(options.directory)
  const roots = (options.sourceRoots ?? [circuitsDirectory()]).map((root) => resolve(root))
  const tree = circuitSources(definition, roots)
  await makeFolders(directory)
  const main = join(directory, 'main.circom')
  await writeFile(main, mainComponent(definition, profile))

  const folders: Record<string, string> = { '/out': directory, '/library': circomlibParent() }
  const libraries = ['/library']
  for (const [index, root] of roots.entries()) folders[`/circuits${index || ''}`] = root
  libraries.unshift(...roots.map((_, index) => `/circuits${index || ''}`))
  const args = ['/out/main.circom', '--r1cs', '--sym', `--${optimization}`]
  if (generator) args.push('--wasm')
  if (inspect) args.push('--inspect')
  args.push('-o', '/out', ...libraries.flatMap((library) => ['-l', library]))

  const started = performance.now()
  let fraction = 0
  onProgress?.({ stage: 'compile', fraction })
  using own = new CompilerProcess()
  const { code, killedBy, output, peakKilobytes, refusedWrite } = await (options.compiler ?? own).run(
    { args, folders },
    signal,
    (text) => {
      const reached = MILESTONES.findLast(([line]) => line.test(plainText(text)))?.[1] ?? 0
      if (reached <= fraction) return
      fraction = reached
      onProgress?.({ stage: 'compile', fraction })
    },
  )
  if (signal?.aborted) throw new ZkclearError('ABORTED', 'compiling was aborted')
  if (killedBy) {
    const why = 'as systems do when memory runs out, and nothing came of it; start again'
    const message = `circom was ended by ${killedBy} while it compiled ${definition.name} (${profile}), ${why}`
    throw new ZkclearError('ABORTED', message, { details: { circuit: definition.name, profile, signal: killedBy } })
  }
  if (code !== 0 && refusedWrite !== undefined) {
    const message = `cannot be written (${refusedWrite}); choose another place for compiled circuits`
    throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path: directory })
  }
  const counts = parseCounts(output)
  if (code !== 0 || counts === undefined) {
    throw new ZkclearError(
      'COMPILE_FAILED',
      `circom could not compile ${definition.name} (${profile}):\n${excerpt(output)}`,
      {
        details: { circuit: definition.name, profile, exitCode: code },
      },
    )
  }
  const findings = unconstrainedFindings(output, tree)
  if (findings.own.length > 0) {
    const list = findings.own.map((finding) => `  ${finding.message}`).join('\n')
    throw new ZkclearError(
      'COMPILE_FAILED',
      `${definition.name} (${profile}) has signals that no constraint mentions; constrain or remove them:\n${list}`,
      { details: { circuit: definition.name, profile, findings: findings.own } },
    )
  }

  const file = (extension: string) => join(directory, `circuit.${extension}`)
  const files = { main, r1cs: file('r1cs'), wasm: file('wasm'), sym: file('sym') }
  await rename(join(directory, 'main.r1cs'), files.r1cs)
  await rename(join(directory, 'main.sym'), files.sym)
  if (generator) await rename(join(directory, 'main_js', 'main.wasm'), files.wasm)
  await rm(join(directory, 'main_js'), { recursive: true, force: true })
  const milliseconds = Math.round(performance.now() - started)
  return { counts, files, libraryFindings: findings.library, milliseconds, peakBytes: peakKilobytes * 1024 }
}

/** The errors of circom's output without its progress, capped so that a message stays readable. */
function excerpt(output: string): string {
  const text = plainText(output).trim()
  const from = text.search(/^\s*error/m)
  const useful = from >= 0 ? text.slice(from) : text
  return useful.length > 4000 ? `${useful.slice(0, 4000)}\n...` : useful || 'circom printed nothing'
}

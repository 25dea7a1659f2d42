import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { compileCircuit } from '../../circom/compile.ts'
import { CompilerProcess } from '../../circom/compiler-process.ts'
import { COMPILER_VERSION, type CompilableCircuit, circuitSources } from '../../circom/main-component.ts'
import { circuitsDirectory, defaultBuildDirectory } from '../../circom/paths.ts'
import { hashSourceTree } from '../../circom/sources.ts'
import { onlyOnce } from './only-once.ts'

/** The constraints of a compiled circuit, and the names of its signals. */
export interface SystemFiles {
  readonly r1cs: string
  readonly sym: string
}

export interface CompiledFiles extends SystemFiles {
  readonly wasm: string
}

interface CompileOptions {
  optimization: 'O0' | 'O1' | 'O2'
  sourceRoots?: readonly string[]
  inspect?: boolean
}

/** Loading the compiler takes longer than compiling most gadgets. */
export const COMPILER = new CompilerProcess()

/**
 * Compiles a circuit, small profile, into build/test-circuits/<hash of all that matters>: a rerun costs nothing, and test files
 * that run at the same time compile it once.
 */
export async function compileCached(definition: CompilableCircuit, options: CompileOptions): Promise<CompiledFiles> {
  return await compile(definition, true, options)
}

/** The same without a witness generator, which takes half of the time. */
export async function compileSystem(definition: CompilableCircuit, options: CompileOptions): Promise<SystemFiles> {
  return await compile(definition, false, options)
}

async function compile(
  definition: CompilableCircuit,
  generator: boolean,
  { optimization, sourceRoots = [circuitsDirectory()], inspect = false }: CompileOptions,
): Promise<CompiledFiles> {
  const { template, source, publicSignals } = definition
  const main = [template, source, publicSignals, definition.templateArguments('small'), optimization, COMPILER_VERSION]
  const hash = createHash('sha256')
    .update(JSON.stringify(main))
    .update(hashSourceTree(circuitSources(definition, sourceRoots)))
    .digest('hex')
    .slice(0, 32)
  const place = (name: string) => join(testCircuits(), `${definition.name}-${optimization}-${name}${hash}`)
  const isComplete = generator || existsSync(place(''))
  const directory = place(isComplete ? '' : 'system-')
  await onlyOnce(directory, async (folder) => {
    const options = { optimization, sourceRoots, inspect, generator: isComplete, compiler: COMPILER }
    await compileCircuit({ ...options, definition, profile: 'small', directory: folder })
  })
  const file = (extension: string) => join(directory, `circuit.${extension}`)
  return { r1cs: file('r1cs'), sym: file('sym'), wasm: file('wasm') }
}

/** Writes sources into a folder of their own, unless they are there: a source root for `compileCached`. */
export async function writeSources(
  name: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 32)
  const root = join(testCircuits(), `${name}-sources-${hash}`)
  await onlyOnce(root, async (folder) => {
    for (const { path, text } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
  })
  return root
}

/** The folder of all that is made for tests. */
export function testCircuits(): string {
  return join(defaultBuildDirectory(), 'test-circuits')
}

import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { compileCircuit } from '../../circom/compile.ts'
import { COMPILER_VERSION, type CompilableCircuit, circuitSources } from '../../circom/main-component.ts'
import { circuitsDirectory, defaultBuildDirectory } from '../../circom/paths.ts'
import { hashSourceTree } from '../../circom/sources.ts'
import { onlyOnce, removeOthers } from './only-once.ts'

export interface CompiledFiles {
  readonly r1cs: string
  readonly sym: string
  readonly wasm: string
}

/**
 * Compiles a circuit, small profile, into build/test-circuits/<hash of all that matters>: a rerun costs nothing, and test files
 * that run at the same time compile it once.
 */
export async function compileCached(
  definition: CompilableCircuit,
  options: { optimization: 'O0' | 'O1' | 'O2'; sourceRoots?: readonly string[]; inspect?: boolean },
): Promise<CompiledFiles> {
  const { optimization, sourceRoots = [circuitsDirectory()], inspect = false } = options
  const { template, source, publicSignals } = definition
  const main = [template, source, publicSignals, definition.templateArguments('small'), optimization, COMPILER_VERSION]
  const hash = createHash('sha256')
    .update(JSON.stringify(main))
    .update(hashSourceTree(circuitSources(definition, sourceRoots)))
    .digest('hex')
    .slice(0, 32)
  const parent = join(defaultBuildDirectory(), 'test-circuits')
  const directory = join(parent, `${definition.name}-${optimization}-${hash}`)
  const file = (extension: string) => join(directory, `circuit.${extension}`)
  const files = { r1cs: file('r1cs'), sym: file('sym'), wasm: file('wasm') }
  await onlyOnce(directory, async () => {
    const temporary = join(parent, `unfinished-${randomUUID()}`)
    try {
      await compileCircuit({ definition, profile: 'small', directory: temporary, optimization, sourceRoots, inspect })
      await rename(temporary, directory)
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
    await removeOthers(parent, `${definition.name}-${optimization}-`, directory)
  })
  return files
}

/** Writes sources into a folder of their own, unless they are there: a source root for `compileCached`. */
export async function writeSources(
  name: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 32)
  const parent = join(defaultBuildDirectory(), 'test-circuits')
  const root = join(parent, `${name}-sources-${hash}`)
  await onlyOnce(root, async () => {
    const temporary = join(parent, `unfinished-${randomUUID()}`)
    for (const { path, text } of files) {
      await mkdir(dirname(join(temporary, path)), { recursive: true })
      await writeFile(join(temporary, path), text)
    }
    await rename(temporary, root)
    await removeOthers(parent, `${name}-sources-`, root)
  })
  return root
}

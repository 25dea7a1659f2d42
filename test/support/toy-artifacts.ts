import { cp, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { CompilableCircuit } from '../../circom/main-component.ts'
import type { ProofSystem } from '../../circuits/proof-systems.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { digestFiles } from '../../keys/file-digests.ts'
import { type CircuitArtifacts, loadArtifacts } from '../../keys/load.ts'
import { COMPILED_FILES, KEY_FILES, readCompiledManifest, readKeyManifest, writeManifest } from '../../keys/manifest.ts'
import { locateProgram } from '../../keys/selection.ts'
import { COMPILER, testCircuits } from '../../lab/circuits/compile-cached.ts'
import { TOY_SOURCES } from './circuits/index.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { POWERS, PRODUCT, SLOW } from './toy-definitions.ts'

const TOYS = { product: PRODUCT, powers: POWERS, slow: SLOW }

/** The toy circuits, compiled and with dev keys, in a temporary build directory: copies of what is built once for all tests. */
export function toyArtifacts(circuits?: readonly CompilableCircuit[]) {
  return toyArtifactsIn('groth16', circuits)
}

/** The same in another proof system. */
export async function toyArtifactsIn<S extends ProofSystem>(
  proofSystem: S,
  circuits: readonly CompilableCircuit[] = Object.values(TOYS),
  sourceRoots: readonly string[] = TOY_SOURCES,
) {
  const directory = await temporaryDirectory()
  const selection = { buildDirectory: directory.path, sourceRoots, proofSystem }
  const shared = { ...selection, buildDirectory: join(testCircuits(), 'toys'), compiler: COMPILER }
  for (const built of await buildArtifacts({ circuits, profile: 'small', threads: 1, ...shared })) {
    const program = proofSystem === 'groth16' ? [locateProgram(built.manifest, shared).directory] : []
    for (const from of [built.directory, built.keyDirectory, ...program]) {
      await cp(from, join(directory.path, relative(shared.buildDirectory, from)), { recursive: true })
    }
  }
  return {
    selection,
    /** Options of `createProver` for the toys. */
    options: { profile: 'small' as const, definitions: TOYS, ...selection },
    load: (circuit: CompilableCircuit) => loadArtifacts(circuit, 'small', selection),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

export async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'))
}

/** Puts another file in place of an artifact and mends the manifest, as an attacker with write access would. */
export async function replaceArtifact(
  { files, directory, keyDirectory }: CircuitArtifacts,
  kind: keyof CircuitArtifacts['files'],
  content: string | Uint8Array,
): Promise<void> {
  await writeFile(files[kind], content)
  const compiled = await readCompiledManifest(directory)
  await writeManifest(directory, { ...compiled, files: await digestFiles(directory, COMPILED_FILES) })
  const keys = await readKeyManifest(keyDirectory)
  await writeManifest(keyDirectory, { ...keys, files: await digestFiles(keyDirectory, KEY_FILES) })
}

/** The file with one bit flipped near the end: in a zkey, inside a point of the H section. */
export async function withFlippedBit(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path)
  bytes[bytes.length - 100]! ^= 1
  return bytes
}

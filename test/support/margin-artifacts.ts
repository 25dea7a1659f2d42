import { cp } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { packageRoot } from '../../circom/paths.ts'
import { marginSufficiency } from '../../circuits/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import type { CircuitArtifacts } from '../../keys/load.ts'
import { COMPILED_FILES } from '../../keys/manifest.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** The small margin-sufficiency circuit in the default build directory; built if it is not current. */
export async function marginArtifacts(): Promise<CircuitArtifacts> {
  const [artifacts] = await buildArtifacts({ circuits: [marginSufficiency], profile: 'small' })
  return artifacts!
}

/** A build directory of its own with a copy of that circuit's artifacts, to damage. */
export async function marginArtifactsCopy() {
  const { directory, keyDirectory } = await marginArtifacts()
  const folder = await temporaryDirectory()
  const copyOf = (original: string) => join(folder.path, relative(join(packageRoot(), 'build'), original))
  for (const original of [directory, keyDirectory]) await cp(original, copyOf(original), { recursive: true })
  const compiled: readonly string[] = Object.values(COMPILED_FILES)
  return {
    buildDirectory: folder.path,
    /** Path of one of the copied files; of the two manifests, that of the keys. */
    file: (name: string) => join(copyOf(compiled.includes(name) ? directory : keyDirectory), name),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

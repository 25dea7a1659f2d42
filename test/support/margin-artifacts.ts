import { cp } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { marginSufficiency } from '../../circuits/index.ts'
import { buildArtifacts, type CircuitArtifacts } from '../../prover/index.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** The small margin-sufficiency circuit in the default build directory; built if it is not current. */
export async function marginArtifacts(): Promise<CircuitArtifacts> {
  const [artifacts] = await buildArtifacts({ circuits: [marginSufficiency], profile: 'small' })
  return artifacts!
}

/** A build directory of its own with a copy of that circuit's artifacts, to damage. */
export async function marginArtifactsCopy() {
  const { directory } = await marginArtifacts()
  const folder = await temporaryDirectory()
  const copy = join(folder.path, basename(dirname(directory)), basename(directory))
  await cp(directory, copy, { recursive: true })
  return {
    buildDirectory: folder.path,
    /** Path of one of the copied files. */
    file: (name: string) => join(copy, name),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

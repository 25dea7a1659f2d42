import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { makeFolders } from '../circom/make-folders.ts'
import { CEREMONY_TRANSCRIPT_FILE } from './ceremony-pin.ts'
import { digestFiles } from './file-digests.ts'
import { type CircuitArtifacts, type CompiledCircuit, ifSound, loadKeys } from './load.ts'
import { COMPILED_FILES, KEY_FILES, type KeyManifest, writeManifest } from './manifest.ts'
import { makeDirectory, type Workshop } from './publish-directory.ts'
import { type ArtifactSelection, locateKeys } from './selection.ts'

/** A key that a ceremony made, verified by the caller. */
export interface CeremonyKey {
  ceremony: NonNullable<KeyManifest['ceremony']>
  /** The transcript's text, whose sha256 sum is the digest. */
  transcript: string
  /** Path of the .zkey file. */
  zkey: string
  /** Text of the verification key. */
  vkey: string
}

/**
 * Puts a ceremony's key into the build directory, where `loadArtifacts` with `ceremony: digest` finds it for whatever
 * sources compile to the same constraints. If it is there and sound, nothing is done. Throws OUTPUT_UNWRITABLE, and as
 * `loadArtifacts` does if key and transcript do not belong together.
 */
export async function publishCeremonyKey(
  circuit: CompilableCircuit,
  compiled: CompiledCircuit,
  { ceremony, transcript, zkey, vkey }: CeremonyKey,
  options: Pick<ArtifactSelection, 'buildDirectory' | 'sourceRoots'> = {},
): Promise<CircuitArtifacts> {
  const { optimization, files } = compiled.manifest
  const selection: ArtifactSelection = { ...options, optimization, ceremony: ceremony.digest }
  const load = () => loadKeys(circuit, compiled, selection)
  const current = await ifSound(load)
  if (current !== undefined) return current
  const r1cs = files[COMPILED_FILES.r1cs].sha256
  const { hash, directory } = locateKeys(circuit, r1cs, selection)
  const fill = async ({ whole: folder }: Workshop) => {
    await makeFolders(folder)
    await copyFile(zkey, join(folder, KEY_FILES.zkey))
    await writeFile(join(folder, KEY_FILES.vkey), vkey)
    await writeFile(join(folder, CEREMONY_TRANSCRIPT_FILE), transcript)
    await writeManifest(folder, {
      ...{ version: 2, hash, r1cs, proofSystem: 'groth16', setup: 'ceremony', ceremony },
      files: await digestFiles(folder, KEY_FILES),
      milliseconds: 0,
    })
  }
  await makeDirectory(directory, fill, async () => (await ifSound(load)) !== undefined)
  return await load()
}

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { makeFolders } from '../circom/make-folders.ts'
import { readR1cs } from '../circom/r1cs.ts'
import { type BuildOptions, throwIfAborted } from './build-options.ts'
import { createDevKey } from './dev/dev-key.ts'
import { createKzgDevKey } from './dev/kzg-key.ts'
import { digestFiles } from './file-digests.ts'
import { type CircuitArtifacts, type CompiledCircuit, ifSound, loadKeys } from './load.ts'
import { COMPILED_FILES, KEY_FILES, writeManifest } from './manifest.ts'
import { millisecondsOf } from './pieces.ts'
import { makeDirectory, type Workshop } from './publish-directory.ts'
import { DEFAULT_DEV_SEED, locateKeys } from './selection.ts'
import { removeForgotten } from './unfinished.ts'

export interface BuiltArtifacts extends CircuitArtifacts {
  /** False if the artifacts were current and nothing was done. */
  built: boolean
}

/** Makes the dev keys of a compiled circuit where that is not done already; a Groth16 key is gone on with where a build left it. */
export async function buildKeys(
  circuit: CompilableCircuit,
  compiled: CompiledCircuit,
  options: BuildOptions,
): Promise<BuiltArtifacts> {
  const { proofSystem = 'groth16', seed = DEFAULT_DEV_SEED, signal, threads, onProgress } = options
  const load = () => loadKeys(circuit, compiled, options)
  const current = await ifSound(load)
  if (current !== undefined) {
    await removeForgotten(current.keyDirectory)
    return { ...current, built: false }
  }
  // Says what is missing or corrupt: keys of a ceremony are exported, never built.
  if (options.ceremony !== undefined) return { ...(await load()), built: false }
  throwIfAborted(signal)
  const r1csDigest = compiled.manifest.files[COMPILED_FILES.r1cs].sha256
  const { hash, directory } = locateKeys(circuit, r1csDigest, options)
  const fill = async ({ whole, beside }: Workshop) => {
    const started = performance.now()
    const [zkey, vkey] = [join(whole, KEY_FILES.zkey), join(whole, KEY_FILES.vkey)]
    const keyOptions = { zkey, vkey, threads, signal, onProgress }
    const r1cs = compiled.files.r1cs
    let earlier = 0
    if (proofSystem === 'groth16') {
      await makeFolders(whole)
      const journal = join(beside, 'key.json')
      earlier = await millisecondsOf(journal)
      await createDevKey({ ...keyOptions, r1cs: await readR1cs(r1cs), secrets: seed, journal })
    } else {
      await rm(whole, { recursive: true, force: true })
      await makeFolders(whole)
      await createKzgDevKey({ ...keyOptions, system: proofSystem, r1cs, seed })
    }
    await writeManifest(whole, {
      ...{ version: 2, hash, r1cs: r1csDigest, proofSystem, setup: 'dev' },
      files: await digestFiles(whole, KEY_FILES),
      milliseconds: earlier + Math.round(performance.now() - started),
    })
  }
  await makeDirectory(directory, fill, async () => (await ifSound(load)) !== undefined)
  return { ...(await load()), built: true }
}

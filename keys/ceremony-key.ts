import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'
import { type ArtifactSelection, type CircuitArtifacts, loadArtifacts, locateArtifacts } from './artifacts.ts'
import { CEREMONY_TRANSCRIPT_FILE } from './ceremony-pin.ts'
import type { CompilableCircuit } from '../circom/compile.ts'
import { ARTIFACT_FILES, digestFiles, type Manifest, manifestText } from './manifest.ts'
import { publishDirectory } from './publish-directory.ts'

/** A key that a ceremony made, verified by the caller. */
export interface CeremonyKey {
  ceremony: NonNullable<Manifest['ceremony']>
  /** The transcript's text, whose sha256 sum is the digest. */
  transcript: string
  /** Path of the .zkey file. */
  zkey: string
  /** Text of the verification key. */
  vkey: string
}

/**
 * Puts a ceremony's key beside its compiled circuit into the build directory, where `loadArtifacts` with `ceremony: digest`
 * finds it. If it is there and sound, nothing is done. Throws OUTPUT_UNWRITABLE, and as `loadArtifacts` does if key and
 * transcript do not belong together.
 */
export async function publishCeremonyKey(
  circuit: CompilableCircuit,
  compiled: CircuitArtifacts,
  { ceremony, transcript, zkey, vkey }: CeremonyKey,
  options: Pick<ArtifactSelection, 'buildDirectory' | 'sourceRoots'> = {},
): Promise<CircuitArtifacts> {
  const { profile, manifest } = compiled
  const selection: ArtifactSelection = { ...options, optimization: manifest.optimization, ceremony: ceremony.digest }
  const load = () => loadArtifacts(circuit, profile, selection)
  const isSound = () => load().then(() => true, isMissingOrCorrupt)
  if (await isSound()) return await load()
  const { hash, directory } = locateArtifacts(circuit, profile, selection)
  const temporary = `${directory}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(temporary, { recursive: true })
    const file = (name: string) => join(temporary, name)
    for (const name of [ARTIFACT_FILES.main, ARTIFACT_FILES.wasm, ARTIFACT_FILES.r1cs, ARTIFACT_FILES.sym]) {
      await copyFile(join(compiled.directory, name), file(name))
    }
    await copyFile(zkey, file(ARTIFACT_FILES.zkey))
    await writeFile(file(ARTIFACT_FILES.vkey), vkey)
    await writeFile(file(CEREMONY_TRANSCRIPT_FILE), transcript)
    const files = await digestFiles(temporary)
    const durations = { ...manifest.durations, key: 0 }
    const own: Manifest = { ...manifest, hash, setup: 'ceremony', ceremony, files, durations }
    await writeFile(file('manifest.json'), manifestText(own))
    await publishDirectory(temporary, directory, isSound)
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    const message = `cannot write ${directory} (${code}); choose another build directory`
    throw new ZkclearError('OUTPUT_UNWRITABLE', message, { cause })
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
  }
  return await load()
}

function isMissingOrCorrupt(error: unknown): false {
  if (error instanceof ZkclearError && ['ARTIFACT_MISSING', 'ARTIFACT_CORRUPT'].includes(error.code)) return false
  throw error
}

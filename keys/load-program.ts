import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { CIRCUITS } from '../circuits/registry.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { checkFiles } from './file-digests.ts'
import { PROGRAM_FILES, readProgramManifest } from './manifest.ts'
import { type ArtifactSelection, locateProgram } from './selection.ts'

/** A witness program, checked against its manifest, or why the circuit has none. */
export type StoredProgram = { readonly file: Uint8Array } | { readonly reason: string }

/**
 * The witness program of a compiled circuit. A program that presumes an audit is given for the package's own circuits only, which the tests
 * audit. Throws ARTIFACT_MISSING if none was built, ARTIFACT_CORRUPT if it is not what was built.
 */
export async function loadProgram(
  circuit: CompilableCircuit,
  compiled: { readonly manifest: { readonly hash: string } },
  selection: ArtifactSelection,
): Promise<StoredProgram> {
  const { hash, directory } = locateProgram(compiled.manifest, selection)
  const manifest = await readProgramManifest(directory)
  if (manifest.hash !== hash) {
    throw new ZkclearError('ARTIFACT_CORRUPT', `the manifest in ${directory} is that of ${manifest.hash}; build again`)
  }
  const { missing, files } = manifest
  if (missing !== undefined) {
    const more = missing.count > missing.first.length ? ` and ${missing.count - missing.first.length} more` : ''
    return { reason: `no rule gives ${missing.first.join(', ')}${more}` }
  }
  await checkFiles(directory, PROGRAM_FILES, files!)
  if (manifest.presumesAudit && !isOwn(circuit, selection)) {
    return { reason: 'its program would presume an audit, and the tests audit the circuits of this package only' }
  }
  return { file: await readFile(join(directory, PROGRAM_FILES.program)) }
}

/** Whether it is a circuit of the registry, of the package's own sources. */
function isOwn(circuit: CompilableCircuit, { sourceRoots }: ArtifactSelection): boolean {
  return sourceRoots === undefined && Object.values<CompilableCircuit>(CIRCUITS).includes(circuit)
}

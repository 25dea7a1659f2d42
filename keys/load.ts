import { join } from 'node:path'
import type { CompilableCircuit } from '../circom/main-component.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { checkCeremonyPin } from './ceremony-pin.ts'
import { checkFiles } from './file-digests.ts'
import {
  COMPILED_FILES,
  type CompiledManifest,
  joinManifests,
  KEY_FILES,
  type KeyManifest,
  type Manifest,
  readCompiledManifest,
  readKeyManifest,
} from './manifest.ts'
import { type ArtifactSelection, locateCompiled, locateKeys } from './selection.ts'

/** A compiled circuit, checked against its manifest. Paths are absolute. */
export interface CompiledCircuit {
  circuit: string
  profile: ProfileName
  directory: string
  manifest: CompiledManifest
  files: { main: string; wasm: string; r1cs: string; sym: string }
}

/** A compiled circuit with a pair of keys, checked against their manifests. Paths are absolute. */
export interface CircuitArtifacts {
  circuit: string
  profile: ProfileName
  /** Where the compiled circuit is. */
  directory: string
  /** Where the keys are. */
  keyDirectory: string
  manifest: Manifest
  files: { wasm: string; r1cs: string; sym: string; zkey: string; vkey: string }
}

/**
 * The artifacts of a circuit as its sources are now. Every file is hashed and compared with its manifest first. Throws
 * ARTIFACT_MISSING if they were not built (or the sources changed since), ARTIFACT_CORRUPT if a file differs. Keys of a
 * ceremony are tied to its digest through the transcript beside them.
 *
 * @example
 * const { files } = await loadArtifacts(marginSufficiency, 'small')
 * const vkey = JSON.parse(await readFile(files.vkey, 'utf8'))
 */
export async function loadArtifacts(
  circuit: CompilableCircuit,
  profile: ProfileName,
  selection: ArtifactSelection = {},
): Promise<CircuitArtifacts> {
  return await loadKeys(circuit, await loadCompiled(circuit, profile, selection), selection)
}

/** A circuit compiled from its sources as they are now. Throws ARTIFACT_MISSING, ARTIFACT_CORRUPT. */
export async function loadCompiled(
  circuit: CompilableCircuit,
  profile: ProfileName,
  selection: ArtifactSelection,
): Promise<CompiledCircuit> {
  const { hash, directory } = locateCompiled(circuit, profile, selection)
  const details = { circuit: circuit.name, profile, directory }
  const manifest = await readCompiledManifest(directory).catch((error) => {
    throw missing(error, `${circuit.name} (${profile}) is not compiled from the current sources in ${directory}`, {
      remedy: buildCommand([circuit], profile, selection),
      details,
    })
  })
  if (manifest.circuit !== circuit.name || manifest.profile !== profile || manifest.hash !== hash) {
    const found = `${manifest.circuit} (${manifest.profile}, ${manifest.hash})`
    throw new ZkclearError('ARTIFACT_CORRUPT', `the manifest in ${directory} is that of ${found}; build again`, {
      details,
    })
  }
  await checkFiles(directory, COMPILED_FILES, manifest.files)
  return { circuit: circuit.name, profile, directory, manifest, files: paths(directory, COMPILED_FILES) }
}

/** The keys for a compiled circuit. Throws ARTIFACT_MISSING, ARTIFACT_CORRUPT, and as `keyHash` does. */
export async function loadKeys(
  circuit: CompilableCircuit,
  compiled: CompiledCircuit,
  selection: ArtifactSelection,
): Promise<CircuitArtifacts> {
  const { profile, directory } = compiled
  const r1cs = compiled.manifest.files[COMPILED_FILES.r1cs].sha256
  const { hash, directory: keyDirectory } = locateKeys(circuit, r1cs, selection)
  const { ceremony, proofSystem = 'groth16' } = selection
  const details = { circuit: circuit.name, profile, directory: keyDirectory }
  const key = await readKeyManifest(keyDirectory).catch((error) => {
    throw missing(error, `no keys of ${circuit.name} (${profile}) for its constraints in ${keyDirectory}`, {
      remedy:
        ceremony === undefined ? buildCommand([circuit], profile, selection) : `export the ceremony ${ceremony} here`,
      details,
    })
  })
  const setup = ceremony === undefined ? 'dev' : 'ceremony'
  if (key.hash !== hash || key.r1cs !== r1cs || key.proofSystem !== proofSystem || key.setup !== setup) {
    const found = `${key.setup} keys, ${key.proofSystem}, ${key.hash}`
    throw new ZkclearError('ARTIFACT_CORRUPT', `the manifest in ${keyDirectory} is that of ${found}; build again`, {
      details,
    })
  }
  await checkFiles(keyDirectory, KEY_FILES, key.files)
  if (ceremony !== undefined) await checkCeremonyPin(keyDirectory, compiled.manifest, key, ceremony)
  const { main: _, ...files } = { ...compiled.files, ...paths(keyDirectory, KEY_FILES) }
  const manifest = joinManifests(compiled.manifest, key)
  return { circuit: circuit.name, profile, directory, keyDirectory, manifest, files }
}

/**
 * What `load` gives for each circuit, in order. Throws as it does; where it finds several missing, one ARTIFACT_MISSING names them all,
 * with one command that makes them.
 */
export async function loadEach<Circuit extends CompilableCircuit, T>(
  circuits: readonly Circuit[],
  load: (circuit: Circuit) => Promise<T>,
  { profile, ...selection }: ArtifactSelection & { readonly profile: ProfileName },
): Promise<T[]> {
  const results = await Promise.allSettled(circuits.map(load))
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  if (errors.length === 0) return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const other = errors.find((error) => !isMissing(error))
  if (errors.length === 1 || other !== undefined) throw other ?? errors[0]
  const absent = circuits.filter((_, i) => results[i]!.status === 'rejected')
  const names = absent.map(({ name }) => name)
  const { ceremony } = selection
  const exported = ceremony === undefined ? '' : `, and export the ceremony ${ceremony} here`
  const message = `${names.join(', ')} (${profile}) are not built from the current sources; ${buildCommand(absent, profile, selection)}${exported}`
  throw new ZkclearError('ARTIFACT_MISSING', message, { details: { circuits: names, profile }, cause: errors[0] })
}

function isMissing(error: unknown): boolean {
  return error instanceof ZkclearError && error.code === 'ARTIFACT_MISSING'
}

/** What `load` gives, or undefined where the artifacts are missing or corrupt. */
export async function ifSound<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof ZkclearError && ['ARTIFACT_MISSING', 'ARTIFACT_CORRUPT'].includes(error.code)) return undefined
    throw error
  }
}

/** Absolute paths of a directory's files, by their short names. */
function paths<Key extends string>(directory: string, names: Readonly<Record<Key, string>>): Record<Key, string> {
  const entries = Object.entries<string>(names).map(([key, name]) => [key, join(directory, name)])
  return Object.fromEntries(entries) as Record<Key, string>
}

/** The command that makes just what is missing. */
function buildCommand(
  circuits: readonly CompilableCircuit[],
  profile: ProfileName,
  selection: ArtifactSelection,
): string {
  const { proofSystem = 'groth16', seed, buildDirectory } = selection
  const options = [
    ['--circuit', ...circuits.map(({ name }) => name)],
    profile === 'small' ? [] : ['--profile', profile],
    proofSystem === 'groth16' ? [] : ['--proof-system', proofSystem],
    seed === undefined ? [] : ['--seed', `'${seed}'`],
    buildDirectory === undefined ? [] : ['--build-directory', buildDirectory],
  ]
  return `run "${['zkclear build', ...options.flat()].join(' ')}"`
}

/** Says what to do about a manifest that is not there; other errors stay as they are. */
function missing(
  error: unknown,
  what: string,
  { remedy, details }: { remedy: string; details: Record<string, unknown> },
): unknown {
  if (!(error instanceof ZkclearError) || error.code !== 'ARTIFACT_MISSING') return error
  return new ZkclearError('ARTIFACT_MISSING', `${what}; ${remedy}`, { details, cause: error })
}

export type { CompiledManifest, KeyManifest, Manifest }

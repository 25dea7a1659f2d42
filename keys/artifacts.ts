import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type ProofSystem, requireProofSystem } from '../circuits/proof-systems.ts'
import type { Progress } from '../circuits/types.ts'
import parameters from '../parameters.json' with { type: 'json' }
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/profiles.ts'
import { checkCeremonyPin } from './ceremony-pin.ts'
import {
  COMPILER_VERSION,
  type CompilableCircuit,
  circuitSources,
  compileCircuit,
  mainComponent,
  type Optimization,
} from '../circom/compile.ts'
import { createDevKey } from './dev/dev-key.ts'
import { createKzgDevKey } from './dev/kzg-key.ts'
import { DEFAULT_DEV_SEED } from './dev/toxic-waste.ts'
import { ARTIFACT_FILES, checkFiles, digestFiles, type Manifest, manifestText, readManifest } from './manifest.ts'
import { defaultBuildDirectory } from '../circom/paths.ts'
import { publishDirectory } from './publish-directory.ts'
import { readR1cs } from '../circom/r1cs.ts'
import { hashSourceTree } from '../circom/sources.ts'

/** Which of the artifacts that a circuit can have are meant. The defaults are what everything uses by itself. */
export interface ArtifactSelection {
  /** Default: `build/` in the package. */
  buildDirectory?: string | undefined
  /** Seed of the dev key. Default: a public constant. */
  seed?: string | undefined
  /** Digest of the ceremony whose exported keys are meant, in place of dev keys. */
  ceremony?: string | undefined
  /** Default: Groth16. */
  proofSystem?: ProofSystem | undefined
  /** Default: O2 for Groth16; O1 for the others, for which linear constraints that are put into others cost gates. */
  optimization?: Optimization | undefined
  /** Folders of own circom sources. Default: the package's `circuits/`. */
  sourceRoots?: readonly string[] | undefined
}

export interface BuildOptions extends ArtifactSelection {
  circuits: readonly CompilableCircuit[]
  profile: ProfileName
  /** Threads for key generation. Default: as many as the machine runs at once. */
  threads?: number | undefined
  signal?: AbortSignal | undefined
  /** Called with the fraction of the whole job; never called for circuits that are current. */
  onProgress?: ((progress: Progress) => void) | undefined
}

/** Compiled circuit and keys, checked against their manifest. Paths are absolute. */
export interface CircuitArtifacts {
  circuit: string
  profile: ProfileName
  directory: string
  manifest: Manifest
  files: { wasm: string; r1cs: string; sym: string; zkey: string; vkey: string }
}

export interface BuiltArtifacts extends CircuitArtifacts {
  /** False if the artifacts were current and nothing was done. */
  built: boolean
}

/** Share of compiling in the time of a build, for the progress; the key takes the rest. */
const COMPILE_SHARE = 0.7

/**
 * The hash that names a circuit's artifacts: 32 hex digits over all circom sources it reaches, the parameters of its profile,
 * the main component with its template arguments, compiler, optimisation, proof system, set-up kind and seed.
 * Throws INPUT_INVALID if the circuit is not offered in that proof system.
 */
export function artifactHash(
  circuit: CompilableCircuit,
  profile: ProfileName,
  selection: ArtifactSelection = {},
): string {
  const { profiles, ...common } = parameters
  const proofSystem = requireProofSystem(circuit, selection.proofSystem ?? 'groth16')
  const covered = {
    version: 1,
    circuit: circuit.name,
    main: mainComponent(circuit, profile),
    sources: hashSourceTree(circuitSources(circuit, selection.sourceRoots)),
    parameters: { ...common, profile: profiles[profile] },
    compiler: COMPILER_VERSION,
    optimization: optimizationOf(selection),
    // Left out for Groth16: what was built before there was a choice keeps its name.
    ...(proofSystem === 'groth16' ? {} : { proofSystem }),
    ...keyOrigin(selection),
  }
  return createHash('sha256').update(JSON.stringify(covered)).digest('hex').slice(0, 32)
}

function optimizationOf({ optimization, proofSystem = 'groth16' }: ArtifactSelection): Optimization {
  return optimization ?? (proofSystem === 'groth16' ? 'O2' : 'O1')
}

/** The part of the hash that says where the key comes from. Throws INPUT_INVALID for a digest that is none. */
function keyOrigin({ ceremony, seed = DEFAULT_DEV_SEED }: ArtifactSelection) {
  if (ceremony === undefined) return { setup: 'dev', seed: createHash('sha256').update(seed).digest('hex') }
  if (/^[0-9a-f]{64}$/.test(ceremony)) return { setup: 'ceremony', ceremony }
  const message = `got ${JSON.stringify(ceremony.slice(0, 100))}, need a ceremony's digest: 64 lower-case hex digits`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'ceremony' })
}

/**
 * The artifacts of a circuit as its sources are now. Every file is hashed and compared with the manifest first. Throws
 * ARTIFACT_MISSING if they were not built (or the sources changed since), ARTIFACT_CORRUPT if a file differs. Keys of a
 * ceremony are tied to its digest through the transcript beside them.
 */
export async function loadArtifacts(
  circuit: CompilableCircuit,
  profile: ProfileName,
  selection: ArtifactSelection = {},
): Promise<CircuitArtifacts> {
  const { hash, directory } = locateArtifacts(circuit, profile, selection)
  const manifest = await readManifest(directory).catch((error) => {
    if (!(error instanceof ZkclearError) || error.code !== 'ARTIFACT_MISSING') throw error
    const { ceremony } = selection
    const remedy = ceremony === undefined ? 'run "zkclear build"' : `export the ceremony ${ceremony} here`
    throw new ZkclearError(
      'ARTIFACT_MISSING',
      `no artifacts of ${circuit.name} (${profile}) for the current sources in ${directory}; ${remedy}`,
      { details: { circuit: circuit.name, profile, directory }, cause: error },
    )
  })
  const { proofSystem = 'groth16' } = selection
  const named = manifest.circuit === circuit.name && manifest.profile === profile && manifest.hash === hash
  if (!named || manifest.proofSystem !== proofSystem) {
    throw new ZkclearError(
      'ARTIFACT_CORRUPT',
      `the manifest in ${directory} is that of ${manifest.circuit} (${manifest.profile}, ${manifest.proofSystem}, ${manifest.hash}); build again`,
      { details: { circuit: circuit.name, profile, directory } },
    )
  }
  if (manifest.setup !== (selection.ceremony === undefined ? 'dev' : 'ceremony')) {
    throw new ZkclearError(
      'ARTIFACT_CORRUPT',
      `the manifest in ${directory} says ${manifest.setup} keys; build again`,
      {
        details: { circuit: circuit.name, profile, directory },
      },
    )
  }
  await checkFiles(directory, manifest)
  if (selection.ceremony !== undefined) await checkCeremonyPin(directory, manifest, selection.ceremony)
  const { main: _, ...names } = ARTIFACT_FILES
  const files = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, join(directory, name)]))
  return { circuit: circuit.name, profile, directory, manifest, files: files as CircuitArtifacts['files'] }
}

/**
 * Compiles circuits and makes their dev keys where that is not done already; what is current is only checked. A directory
 * appears complete or not at all, also if several processes build the same one. Throws COMPILE_FAILED, ABORTED, or
 * OUTPUT_UNWRITABLE if the build directory cannot be written.
 */
export async function buildArtifacts(options: BuildOptions): Promise<BuiltArtifacts[]> {
  const results: BuiltArtifacts[] = []
  for (const [index, circuit] of options.circuits.entries()) {
    const onProgress = ({ stage, fraction }: Progress) =>
      options.onProgress?.({
        stage: `${stage} ${circuit.name}`,
        fraction: (index + fraction) / options.circuits.length,
      })
    results.push(await buildOne(circuit, { ...options, onProgress }))
  }
  return results
}

async function buildOne(circuit: CompilableCircuit, options: BuildOptions): Promise<BuiltArtifacts> {
  const { profile, signal } = options
  const { directory } = locateArtifacts(circuit, profile, options)
  const current = await loadIfSound(circuit, profile, options)
  if (current !== undefined) return { ...current, built: false }
  // Says what is missing or corrupt: keys of a ceremony are exported, never built.
  if (options.ceremony !== undefined) return { ...(await loadArtifacts(circuit, profile, options)), built: false }
  if (signal?.aborted) throw new ZkclearError('ABORTED', 'building was aborted')

  const temporary = `${directory}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await mkdir(temporary, { recursive: true })
    await makeArtifacts(circuit, temporary, options)
    await publishDirectory(
      temporary,
      directory,
      async () => (await loadIfSound(circuit, profile, options)) !== undefined,
    )
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EEXIST'].includes(code ?? '')) {
      throw new ZkclearError(
        'OUTPUT_UNWRITABLE',
        `cannot write ${directory} (${code}); choose another build directory`,
        {
          cause: error,
        },
      )
    }
    throw error
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
  }
  return { ...(await loadArtifacts(circuit, profile, options)), built: true }
}

/** Fills a directory with all artifacts and their manifest. */
async function makeArtifacts(circuit: CompilableCircuit, directory: string, options: BuildOptions): Promise<void> {
  const { profile, proofSystem = 'groth16', seed = DEFAULT_DEV_SEED, signal, threads } = options
  const optimization = optimizationOf(options)
  const compilation = await compileCircuit({
    definition: circuit,
    profile,
    directory,
    optimization,
    signal,
    ...(options.sourceRoots ? { sourceRoots: options.sourceRoots } : {}),
    onProgress: ({ stage, fraction }) => options.onProgress?.({ stage, fraction: COMPILE_SHARE * fraction }),
  })
  const started = performance.now()
  const r1cs = await readR1cs(compilation.files.r1cs)
  checkPublicSignals(circuit, r1cs)
  const onProgress = ({ stage, fraction }: Progress) =>
    options.onProgress?.({ stage, fraction: COMPILE_SHARE + (1 - COMPILE_SHARE) * fraction })
  const zkey = join(directory, ARTIFACT_FILES.zkey)
  const vkey = join(directory, ARTIFACT_FILES.vkey)
  const keyOptions = { zkey, vkey, threads, signal, onProgress }
  if (proofSystem === 'groth16') await createDevKey({ ...keyOptions, r1cs, secrets: seed })
  else await createKzgDevKey({ ...keyOptions, system: proofSystem, r1cs: compilation.files.r1cs, seed })
  const { linear, nonLinear, total, wires } = compilation.counts
  const manifest: Manifest = {
    version: 1,
    circuit: circuit.name,
    profile,
    hash: artifactHash(circuit, profile, options),
    compiler: COMPILER_VERSION,
    optimization,
    proofSystem,
    setup: 'dev',
    constraints: { linear, nonLinear, total },
    signals: wires,
    publicInputs: [...circuit.publicSignals],
    files: await digestFiles(directory),
    durations: { compile: compilation.milliseconds, key: Math.round(performance.now() - started) },
    compilerPeakBytes: compilation.peakBytes,
  }
  await writeFile(join(directory, 'manifest.json'), manifestText(manifest))
}

/** A registry that disagrees with its template would misread every proof. */
function checkPublicSignals(circuit: CompilableCircuit, r1cs: { nPublic: number; nOutputs: number }): void {
  if (r1cs.nOutputs !== 0 || r1cs.nPublic !== circuit.publicSignals.length) {
    throw new ZkclearError(
      'COMPILE_FAILED',
      `${circuit.template} has ${r1cs.nOutputs} outputs and ${r1cs.nPublic} public signals; the registry allows no output ` +
        `and names ${circuit.publicSignals.length} public inputs`,
      { details: { circuit: circuit.name } },
    )
  }
}

async function loadIfSound(circuit: CompilableCircuit, profile: ProfileName, selection: ArtifactSelection) {
  try {
    return await loadArtifacts(circuit, profile, selection)
  } catch (error) {
    if (error instanceof ZkclearError && ['ARTIFACT_MISSING', 'ARTIFACT_CORRUPT'].includes(error.code)) return undefined
    throw error
  }
}

/** Hash and directory of a circuit's artifacts, whether they are there or not. */
export function locateArtifacts(circuit: CompilableCircuit, profile: ProfileName, selection: ArtifactSelection) {
  const hash = artifactHash(circuit, profile, selection)
  const { buildDirectory = defaultBuildDirectory(), proofSystem = 'groth16' } = selection
  const suffix = proofSystem === 'groth16' ? '' : `-${proofSystem}`
  const folder = join(resolve(buildDirectory), `${circuit.name}-${profile}${suffix}`)
  return { hash, directory: join(folder, hash) }
}

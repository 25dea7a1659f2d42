import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import {
  COMPILER_VERSION,
  type CompilableCircuit,
  circuitSources,
  mainComponent,
  type Optimization,
} from '../circom/main-component.ts'
import { defaultBuildDirectory } from '../circom/paths.ts'
import { hashSourceTree } from '../circom/sources.ts'
import { type ProofSystem, requireProofSystem } from '../circuits/proof-systems.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'

/** Seed of dev keys unless the caller gives one. Public on purpose: dev keys protect nothing. */
export const DEFAULT_DEV_SEED = 'zkclear dev keys: the secrets of this set-up are public'

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
  /** Folders of the caller's circom sources. Default: the package's `circuits/`. */
  sourceRoots?: readonly string[] | undefined
}

/** The optimization that is meant, see {@link ArtifactSelection}. */
export function optimizationOf({ optimization, proofSystem = 'groth16' }: ArtifactSelection): Optimization {
  return optimization ?? (proofSystem === 'groth16' ? 'O2' : 'O1')
}

/**
 * Names a compiled circuit: 32 hex digits over the circom sources it reaches, the main component with its template
 * arguments, compiler and optimization; nothing else, so that what does not concern a circuit leaves it compiled. Throws
 * INPUT_INVALID if the circuit is not offered in the proof system that is meant.
 */
export function compiledHash(
  circuit: CompilableCircuit,
  profile: ProfileName,
  selection: ArtifactSelection = {},
): string {
  requireProofSystem(circuit, selection.proofSystem ?? 'groth16')
  return shortHash({
    // 3: compared with the circuit as it is written.
    version: 3,
    main: mainComponent(circuit, profile),
    sources: hashSourceTree(circuitSources(circuit, selection.sourceRoots)),
    compiler: COMPILER_VERSION,
    optimization: optimizationOf(selection),
  })
}

/**
 * Names a pair of keys: 32 hex digits over the constraint system, the proof system, and where the key comes from. Sources
 * that compile to the same constraints keep their keys, a ceremony's too. Throws INPUT_INVALID if the circuit is not
 * offered in that proof system, or for a ceremony's digest that is none.
 */
export function keyHash(circuit: CompilableCircuit, r1csSha256: string, selection: ArtifactSelection = {}): string {
  const proofSystem = requireProofSystem(circuit, selection.proofSystem ?? 'groth16')
  return shortHash({ version: 2, r1cs: r1csSha256, proofSystem, ...keyOrigin(selection) })
}

/** Hash and directory of a compiled circuit, whether it is there or not. */
export function locateCompiled(circuit: CompilableCircuit, profile: ProfileName, selection: ArtifactSelection) {
  const hash = compiledHash(circuit, profile, selection)
  const { buildDirectory = defaultBuildDirectory() } = selection
  return { hash, directory: join(resolve(buildDirectory), `${circuit.name}-${profile}`, hash) }
}

/** Hash and directory of the keys for a constraint system, whether they are there or not. */
export function locateKeys(circuit: CompilableCircuit, r1csSha256: string, selection: ArtifactSelection) {
  const hash = keyHash(circuit, r1csSha256, selection)
  const { buildDirectory = defaultBuildDirectory() } = selection
  return { hash, directory: join(resolve(buildDirectory), 'keys', hash) }
}

/** Hash and directory of the witness program for a compiled circuit, whether it is there or not. */
export function locateProgram(
  compiled: { readonly hash: string },
  { buildDirectory = defaultBuildDirectory() }: ArtifactSelection,
) {
  // 2: with roots, places and signs.
  const hash = shortHash({ version: 2, compiled: compiled.hash })
  return { hash, directory: join(resolve(buildDirectory), 'programs', hash) }
}

/** The part of the hash that says where the key comes from. */
function keyOrigin({ ceremony, seed = DEFAULT_DEV_SEED }: ArtifactSelection) {
  if (ceremony === undefined) return { setup: 'dev', seed: createHash('sha256').update(seed).digest('hex') }
  if (/^[0-9a-f]{64}$/.test(ceremony)) return { setup: 'ceremony', ceremony }
  const message = `got ${JSON.stringify(ceremony.slice(0, 100))}, need a ceremony's digest: 64 lower-case hex digits`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'ceremony' })
}

function shortHash(covered: object): string {
  return createHash('sha256').update(JSON.stringify(covered)).digest('hex').slice(0, 32)
}

import { readFile } from 'node:fs/promises'
import { diagnose } from '../circom/diagnose.ts'
import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { type CircuitArtifacts, loadArtifacts } from '../keys/load.ts'
import { loadProgram } from '../keys/load-program.ts'
import type { ArtifactSelection } from '../keys/selection.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { parseJson } from '../protocol/json.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { vetKey } from '../verifier/systems.ts'
import type { ProvingBackend } from './backend.ts'
import { circomProgram } from './circom-program.ts'
import type { LoadedCircuit } from './loaded-circuit.ts'
import type { OwnProgram } from './witness-source.ts'

/** Loads a circuit. Throws ARTIFACT_MISSING, ARTIFACT_CORRUPT or KEY_UNSAFE; INPUT_INVALID for a proof system not offered. */
export async function loadCircuit<S extends ProofSystem>(
  definition: CircuitDefinition,
  profile: ProfileName,
  selection: ArtifactSelection,
  backend: ProvingBackend<S>,
  openProgram: ProgramOpener,
): Promise<LoadedCircuit<S>> {
  const artifacts = await loadArtifacts(definition, profile, selection)
  const vkey = await vetKey(artifacts.manifest.proofSystem as S, await readVkey(artifacts), definition)
  const program = circomProgram(await readFile(artifacts.files.wasm))
  const own = await openOwn(definition, artifacts, selection, openProgram)
  if (!('run' in own)) await program()
  const key = await backend.loadKey(artifacts)
  return { definition, profile, program, own, vkey, key, diagnose: (witness) => diagnose(artifacts, witness) }
}

/** Puts a witness program where it runs; undefined where none do. */
export type ProgramOpener = ((file: Uint8Array) => OwnProgram) | undefined

/** A circuit's witness program, or why it has none that runs. Throws ARTIFACT_CORRUPT. */
export async function openOwn(
  definition: CircuitDefinition,
  artifacts: { readonly manifest: { readonly hash: string } },
  selection: ArtifactSelection,
  open: ProgramOpener,
): Promise<LoadedCircuit['own']> {
  if (open === undefined) return { reason: 'witness programs run in the native prover only', isMissing: false }
  try {
    const stored = await loadProgram(definition, artifacts, selection)
    return 'reason' in stored ? { ...stored, isMissing: false } : open(stored.file)
  } catch (error) {
    if (!(error instanceof ZkclearError) || error.code !== 'ARTIFACT_MISSING') throw error
    return { reason: 'its witness program was not built; run "zkclear build"', isMissing: true }
  }
}

async function readVkey({ circuit, files }: CircuitArtifacts): Promise<unknown> {
  try {
    return parseJson(await readFile(files.vkey, 'utf8'))
  } catch (cause) {
    throw new ZkclearError('ARTIFACT_CORRUPT', `the verification key of ${circuit} is not JSON; build again`, { cause })
  }
}

export {
  type ArtifactSelection,
  type BuildOptions,
  type BuiltArtifacts,
  buildArtifacts,
  type CircuitArtifacts,
  loadArtifacts,
} from '../keys/artifacts.ts'
export type { LoadedKey, ProvingBackend, ProvingOptions } from './backend.ts'
export type { CompilableCircuit } from '../circom/compile.ts'
export { createProver, type ProverOptions } from './create-prover.ts'
export { type InputJson, inputFromJson, inputToJson } from '../circuits/input-schema.ts'
export type { Manifest } from '../keys/manifest.ts'
export {
  type Definitions,
  type Job,
  type Proved,
  type ProvedJob,
  type ProveManyOptions,
  type ProveOptions,
  Prover,
  type StatementOf,
  type WitnessOf,
} from './prover.ts'
export { SnarkjsBackend } from './snarkjs-backend.ts'

export { type InputJson, inputFromJson, inputToJson } from '../circuits/input-schema.ts'
export type { BackendInUse, LoadedKey, ProvingBackend, ProvingOptions } from './backend.ts'
export { createProver, type ProverOptions } from './create-prover.ts'
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

export { type InputJson, inputFromJson, inputToJson } from '../circuits/input-schema.ts'
export type { BackendInUse, LoadedKey, ProvingBackend, ProvingOptions, SideBySide } from './backend.ts'
export { createProver, type ProverOptions } from './create-prover.ts'
export type {
  Definitions,
  Job,
  ManyProgress,
  Proved,
  ProvedJob,
  ProveManyOptions,
  ProveOptions,
  StatementOf,
  WitnessOf,
} from './job.ts'
export { Prover } from './prover.ts'
export { SnarkjsBackend } from './snarkjs-backend.ts'

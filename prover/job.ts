import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { CircuitDefinition, Progress } from '../circuits/types.ts'
import type { ProofOf } from '../verifier/systems.ts'

/** Circuit definitions by name, as the registry holds them. */
export type Definitions = Readonly<Record<string, CircuitDefinition>>

export type StatementOf<D> = D extends CircuitDefinition<string, infer Statement, infer _> ? Statement : never
export type WitnessOf<D> = D extends CircuitDefinition<string, infer _, infer Witness> ? Witness : never

/** What to prove: a circuit by name, with its statement and its private witness. */
export type Job<D extends Definitions> = {
  [Name in keyof D & string]: { circuit: Name; statement: StatementOf<D[Name]>; witness: WitnessOf<D[Name]> }
}[keyof D & string]

/** A proof that was verified, with what it proves. Holds nothing private. */
export interface Proved<Name extends string = string, Statement = unknown, S extends ProofSystem = 'groth16'> {
  circuit: Name
  proof: ProofOf[S]
  statement: Statement
  publicSignals: readonly bigint[]
  /** Milliseconds, waiting for a free worker or for an earlier proof included. */
  timings: { witnessMs: number; proveMs: number; verifyMs: number }
}

export type ProvedJob<D extends Definitions, S extends ProofSystem = 'groth16'> = {
  [Name in keyof D & string]: Proved<Name, StatementOf<D[Name]>, S>
}[keyof D & string]

export interface ProveOptions {
  /** Makes the call fail with ABORTED at once. */
  signal?: AbortSignal | undefined
  /** Stages `witness`, `prove` and `verify`, each from 0 to 1. */
  onProgress?: ((progress: Progress) => void) | undefined
}

/** How far one of many jobs is, and all of them. */
export interface ManyProgress extends Progress {
  /** Which job, counted from 0. */
  job: number
  /** Proofs made so far, with what is done of those under way: 2.5 is two proofs and half of a third. Never falls. */
  proved: number
}

export interface ProveManyOptions {
  /** Ends it with ABORTED at once. */
  signal?: AbortSignal | undefined
  /** Stages `prove` and `verify` of each job, those of several jobs in turn. */
  onProgress?: ((progress: ManyProgress) => void) | undefined
  /**
   * Proofs made at once. Default: what keeps all cores at work, as far as half of the memory that is free allows; 1 with
   * snarkjs, which makes one proof after the other.
   */
  atOnce?: number | undefined
  /** Threads of each proof, 256 at most; of the native prover only. Default: the cores shared by the proofs made at once. */
  threads?: number | undefined
  /** How many jobs may be pulled, and their witnesses calculated, beyond those that are being proved. Default 2. */
  lookahead?: number | undefined
}

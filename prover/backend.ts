import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { Progress } from '../circuits/types.ts'
import type { CircuitArtifacts } from '../keys/load.ts'
import type { ProofOf } from '../verifier/index.ts'

/** A proving key that a backend keeps in memory. Belongs to the backend that loaded it. */
export interface LoadedKey {
  readonly circuit: string
}

export interface ProvingOptions {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
  /** Threads of this proof, for a backend that makes proofs side by side. Default: all that it may use. */
  threads?: number | undefined
}

/** Of a backend that makes several proofs at once. */
export interface SideBySide {
  /** Threads that all proofs together may keep busy. */
  readonly cores: number
  /** Most proofs that run at once; more would wait. `reason` says why, for messages. */
  readonly most: number
  readonly reason: string
  /** The most that one proof by so many threads takes beside its key and its witness, in bytes. */
  proofBytes(key: LoadedKey, threads: number): number
  /** What a witness takes, in bytes. */
  witnessBytes(key: LoadedKey): number
}

/** Something that makes proofs. What it returns is not trusted: the prover verifies every proof. */
export interface ProvingBackend<S extends ProofSystem = 'groth16'> extends AsyncDisposable {
  readonly name: string
  /** Absent from a backend that makes one proof after the other. */
  readonly sideBySide?: SideBySide | undefined

  /** Reads a circuit's proving key once. Throws FILE_UNREADABLE or ARTIFACT_CORRUPT. */
  loadKey(artifacts: CircuitArtifacts): Promise<LoadedKey>

  /**
   * Proves one witness: 32 bytes for each wire, little-endian, entry 0 being 1. Calls may overlap; a backend that can only
   * do one at a time queues them. Nothing may read the witness once this has resolved: it is overwritten then. Throws ABORTED if `signal` fires, PROOF_INVALID if no proof can be made.
   */
  prove(key: LoadedKey, witness: Uint8Array, options?: ProvingOptions): Promise<ProofOf[S]>

  /** Waits for the proof under way, then frees keys, threads and memory. Nothing may be called afterwards. */
  dispose(): Promise<void>
}

/** What makes the proofs, for people and programs. */
export interface BackendInUse {
  /** `native`, `snarkjs`, or that of a backend of the caller's. */
  readonly name: string
  /** Of the native prover: its dispatch path, and the addon's file. */
  readonly path?: 'ifma' | 'adx' | 'portable'
  readonly file?: string
  /** Why it is not the native prover. */
  readonly reason?: string
  /** Whether nobody asked for that: proofs take many times longer than they need to. */
  readonly degraded?: boolean
  /** Of the native prover: circuits whose witnesses circom's calculator computes in place of a witness program, and why. */
  readonly circomWitnesses?: Readonly<Record<string, string>>
}

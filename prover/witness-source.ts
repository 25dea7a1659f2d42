import type { FlatInput } from '../circuits/input-schema.ts'
import type { CircomProgram } from './circom-program.ts'

/** A circuit's own witness program, ready to run. */
export interface OwnProgram {
  /** Memory that a witness takes, and what was needed to compute it, for as long as it is kept. */
  readonly bytes: number
  /** The witness, as `WitnessSource` gives it; undefined if the input has none. Leaves the input as it is. */
  run(input: FlatInput): Promise<Uint8Array | undefined>
}

export interface WitnessJob {
  /** Name of the circuit, for errors. */
  circuit: string
  program: CircomProgram
  /** Used in place of `program` where there is one. */
  own?: OwnProgram | undefined
  /** Handed over: its buffer is detached afterwards. */
  input: FlatInput
}

/** Something that calculates witnesses. */
export interface WitnessSource extends AsyncDisposable {
  /**
   * The witness: 32 bytes for each wire, little-endian, entry 0 being 1. Throws WITNESS_FAILED if there is none (naming
   * template and line, no values) or if it could not be calculated, ABORTED if `signal` fires or the source is closed.
   */
  calculate(job: WitnessJob, signal?: AbortSignal): Promise<Uint8Array>
}

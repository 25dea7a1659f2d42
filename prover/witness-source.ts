import type { FlatInput } from '../circuits/input-schema.ts'

export interface WitnessJob {
  /** Name of the circuit, for errors. */
  circuit: string
  /** Compiled once and shared by all that calculate. */
  program: WebAssembly.Module
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

import type { NativePath } from '../../../prover/native/addon.ts'
import type { Spread } from '../spread.ts'
import type { Part } from './native-parts.ts'

/** What one contestant took for one proof of a circuit. Times in milliseconds. */
export interface BackendResult {
  readonly name: string
  readonly wall: Spread
  /** Over all threads; absent where the system does not say. */
  readonly cpu?: Spread
  /** Most resident memory of the whole process; absent where the system does not say. */
  readonly peakBytes?: number
}

/** What else was measured of one dispatch path of the native backend. */
export interface NativeResult {
  readonly path: NativePath
  /** Loading the key with all threads. */
  readonly load: Spread
  /** How much more memory is resident while proving with all threads than before the key was loaded. */
  readonly memoryGrowth: number
  /** One proof with one thread, and two such at the same time until both are done. */
  readonly oneProof: Spread
  readonly twoProofs: Spread
  /** Processor time of a proof with one thread, and that of its parts: medians. */
  readonly cpu: number
  readonly parts: Readonly<Record<Part, number>>
}

/** All contestants on one circuit, in turn. */
export interface CircuitResult {
  readonly circuit: string
  readonly constraints: number
  readonly wires: number
  /** log2 of the evaluation domain. */
  readonly log: number
  readonly zkeyBytes: number
  readonly backends: readonly BackendResult[]
  readonly native: readonly NativeResult[]
}

/** The native paths on one circuit in several sizes, all in turn. */
export interface ScalingResult {
  readonly circuit: string
  readonly threads: number
  readonly sizes: readonly {
    readonly constraints: number
    readonly log: number
    readonly paths: readonly { readonly path: NativePath; readonly wall: Spread; readonly cpu: Spread }[]
  }[]
}

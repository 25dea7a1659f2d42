import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../circom/paths.ts'
import type { CircuitName } from '../../circuits/index.ts'
import { PROFILE_NAMES, type ProfileName } from '../../protocol/shape.ts'
import type { CircuitResult, ScalingResult } from './backends/results.ts'
import type { BrowserResult } from './browser/measure.ts'
import type { FillResult } from './fill/measure.ts'
import type { Machine } from './machine.ts'
import type { Shares } from './quiet.ts'
import type { ServiceResult } from './service/measure-service.ts'
import type { SustainedResult } from './service/sustained.ts'
import type { Spread } from './spread.ts'
import type { StartupTimes } from './startup.ts'
import type { Throughput } from './throughput.ts'

/** What compiling a circuit says of it; does not depend on the machine. */
export interface Counts {
  readonly linear: number
  readonly nonLinear: number
  readonly total: number
  readonly wires: number
  readonly sections: Readonly<Record<string, number>>
}

export interface Building {
  readonly compile: Spread
  /** Peak resident memory of the compiler. */
  readonly compilePeakBytes: number
  readonly key?: Spread
  readonly zkeyBytes?: number
  readonly wasmBytes: number
  readonly r1csBytes: number
}

/** One backend of the prover, warm unless it says otherwise, in a process of its own. */
export interface BackendTimes {
  /** From nothing to a prover with the circuit's key in memory. */
  readonly load: Spread
  readonly firstProof: Spread
  readonly witness: Spread
  /** Processor time of the witness over all threads. */
  readonly witnessCpu: Spread
  readonly prove: Spread
  /** Processor time of proving over all threads. */
  readonly proveCpu: Spread
  readonly verify: Spread
  readonly peakBytes: number
}

export interface Proving {
  /** By the backend's name, the native one with its dispatch path; the default one first. */
  readonly backends: Readonly<Record<string, BackendTimes>>
  /** Processor time of the witness alone, its input included, by what computed it; all gave the same. */
  readonly witnesses?: Readonly<Record<string, Spread>>
  /** snarkjs's own fullProve on the same files: the first call of a process, and the calls after it. */
  readonly fullProveFirst: Spread
  readonly fullProve: Spread
  readonly fullProvePeakBytes: number
  /** Gas of the transaction that brings the proof to its contract; of the small profile. */
  readonly gas?: number
}

export interface CircuitMeasurements {
  readonly counts: Counts
  readonly building?: Building
  readonly proving?: Proving
}

export interface Measurements {
  readonly machine: Machine
  readonly circuits: Readonly<Record<ProfileName, Partial<Readonly<Record<CircuitName, CircuitMeasurements>>>>>
  /** Preparing powers of tau with snarkjs for 2^power constraints, which a set-up by snarkjs needs first. */
  readonly snarkjsPreparation?: { readonly power: number; readonly milliseconds: number }
  /** The proof alone, all backends in turn. */
  readonly backends?: readonly CircuitResult[]
  /** The native backend as a circuit grows. */
  readonly scaling?: ScalingResult
  /** Trade batches in a row, several proofs at once. */
  readonly throughput?: Throughput
  /** Margin proved in a browser. */
  readonly browser?: readonly BrowserResult[]
  /** Whole processes that do little. */
  readonly startup?: StartupTimes
  /** The service under load. */
  readonly service?: ServiceResult
  /** The service for minutes. */
  readonly sustained?: SustainedResult
  /** How full batches get on flows that are replayed; does not depend on the machine. */
  readonly fill?: FillResult
  /** How quiet the machine was; nothing of parts that were measured before anybody looked. */
  readonly shares?: Shares
}

const path = () => join(packageRoot(), 'docs', 'measurements.json')

/** What was measured last; undefined before the first time. */
export async function readMeasurements(): Promise<Measurements | undefined> {
  const text = await readFile(path(), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Measurements)
}

export async function writeMeasurements({ machine, circuits, ...others }: Measurements): Promise<void> {
  const inOrder = Object.fromEntries(PROFILE_NAMES.map((profile) => [profile, circuits[profile]]))
  await writeFile(path(), `${JSON.stringify({ machine, circuits: inOrder, ...others }, null, 2)}\n`)
}

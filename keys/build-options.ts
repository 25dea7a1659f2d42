import type { CompilerProcess } from '../circom/compiler-process.ts'
import type { CompilableCircuit } from '../circom/main-component.ts'
import type { SystemFiles } from '../circom/simplification.ts'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { ArtifactSelection } from './selection.ts'

export interface BuildOptions extends ArtifactSelection {
  circuits: readonly CompilableCircuit[]
  profile: ProfileName
  /** The circuit without simplification, compiled from the sources as they are. Default: compiled for the check of a build. */
  written?: ((circuit: CompilableCircuit) => Promise<SystemFiles>) | undefined
  /** A process to compile in. Default: one for each circuit. */
  compiler?: CompilerProcess | undefined
  /** Circuits that are built side by side. Default: as many as the machine has processors, and memory of 3 GB for each. */
  atOnce?: number | undefined
  /** Threads for key generation. Default: as many as the machine runs at once. */
  threads?: number | undefined
  signal?: AbortSignal | undefined
  /** Called with the fraction of the whole job; never called for circuits that are current. */
  onProgress?: ((progress: Progress) => void) | undefined
}

/** Progress of a part that runs from one fraction of the whole to another. */
export function shareOf(onProgress: BuildOptions['onProgress'], from: number, to: number) {
  return ({ stage, fraction }: Progress) => onProgress?.({ stage, fraction: from + (to - from) * fraction })
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ZkclearError('ABORTED', 'building was aborted')
}

import type { ProofSystem } from '../circuits/proof-systems.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import type { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { KeyOf } from '../verifier/systems.ts'
import type { LoadedKey } from './backend.ts'
import type { CircomProgram } from './circom-program.ts'
import type { OwnProgram } from './witness-source.ts'

/** Everything that proving one circuit needs, checked and in memory. */
export interface LoadedCircuit<S extends ProofSystem = ProofSystem> {
  readonly definition: CircuitDefinition
  readonly profile: ProfileName
  readonly program: CircomProgram
  /** The circuit's own witness program, or why circom's is used alone. */
  readonly own: OwnProgram | { readonly reason: string; readonly isMissing: boolean }
  readonly vkey: KeyOf[S]
  readonly key: LoadedKey
  /** Why a proof from this witness did not verify; names constraints, components and signals, no values. */
  diagnose(witness: Uint8Array): Promise<ZkclearError>
}

import type { ArtifactSelection } from '../../keys/selection.ts'
import type { ProfileName } from '../../protocol/shape.ts'

/** What the process that proves loads. */
export interface ProverChoice {
  readonly profile: ProfileName
  readonly circuits: readonly string[]
  readonly selection: ArtifactSelection
}

/** To the process that proves: first what it loads, then one statement after the other. */
export type Order =
  | { readonly open: ProverChoice; readonly parent: number }
  | { readonly circuit: string; readonly statement: unknown; readonly input: Uint8Array }

/** What went wrong, without anything private, and whose fault it is. */
export interface Failure {
  readonly reason: 'input' | 'worker'
  readonly code: string
  readonly message: string
}

/** From it: that it has loaded, or cannot; then for each statement a proof in snarkjs's form, or why there is none. */
export type Answer = { readonly ready: true } | { readonly proof: object } | { readonly failure: Failure }

/** From it, before a proof: that there is a witness, with which the statement holds. */
export type Note = { readonly witnessed: true }

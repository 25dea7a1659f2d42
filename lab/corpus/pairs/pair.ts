import type { BoundaryModel } from '../../../audit/boundary-model.ts'
import type { CircuitInput, InputShape } from '../../../circuits/types.ts'

/** The ways in which a circuit goes wrong that circuits can show. */
export type SoundnessClass =
  | 'assigned, not constrained'
  | 'several valid witnesses'
  | 'missing range check'
  | 'alias'
  | 'division'
  | 'non-boolean selector'
  | 'object not tied to the index'
  | 'public inputs'
  | 'malleability'
  | 'replay'
  | 'EdDSA'
  | 'hash domains'
  | 'too strict'

/** What shows that the bug is one. */
export type Evidence =
  /** Equal inputs, another value of an output: the honest witness of `input`, with `changes` on it, fits all constraints. */
  | {
      readonly by: 'determinism'
      /** Default: the sample. */
      readonly input?: CircuitInput
      /** Values by name of signals of the main component; signals that are equal to them by a constraint follow. */
      readonly changes: Readonly<Record<string, bigint>>
      /** The audit does not prove the bug, but its search is not sure to find the two witnesses. Default: it finds them. */
      readonly isHard?: true
    }
  /** The boundary tester, with this model, finds this and, in the twin, nothing. */
  | {
      readonly by: 'boundary'
      readonly model: BoundaryModel
      /** If the twin hashes otherwise: the same predicate with its hashes. */
      readonly twinModel?: BoundaryModel
      readonly finds: 'ACCEPTED_ILLEGAL' | 'REJECTED_LEGAL' | 'WRONG_OUTPUT'
    }
  /** A signal that no constraint mentions, and that is no input. */
  | { readonly by: 'unused'; readonly signal: string }
  /** A witness with which a comparison or a range check says what is false of its numbers; none in the twin. */
  | { readonly by: 'range' }
  /** A public input that no constraint mentions: of the sources, which circom's --inspect sees, or once simplified. */
  | { readonly by: 'unused input'; readonly signal: string; readonly where: 'sources' | 'simplified' }

/** A planted bug and its corrected twin: two templates of one file with the same claim, inputs and outputs. */
export interface Pair {
  readonly class: SoundnessClass
  /** In circuits/. */
  readonly file: string
  readonly bug: string
  readonly twin: string
  readonly args: readonly number[]
  readonly planted: string
  readonly inputs: Readonly<Record<string, InputShape>>
  readonly publicInputs?: readonly string[]
  /** Output signals of the claim; the bug leaves at least one of them undetermined if determinism is what shows it. */
  readonly outputs: readonly string[]
  /** A legal input of both; of the bug alone if there is a `twinSample`. */
  readonly sample: CircuitInput
  readonly twinSample?: CircuitInput
  readonly shown: Evidence
}

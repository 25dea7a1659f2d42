import type { ProfileName } from '../protocol/shape.ts'
import type { ProofSystem } from './proof-systems.ts'
import type { CircuitReview } from './review.ts'

/** A named circuit input: a canonical field element, or an array of such, nested as the template declares it. */
export type InputValue = bigint | readonly InputValue[]

/** What a witness calculator is given: every input signal of the main component by name. */
export type CircuitInput = Readonly<Record<string, InputValue>>

/** What a template takes: a number, or an array of numbers that belong together. */
export type TemplateArgument = number | readonly number[]

/** Array dimensions of an input signal; `[]` for a scalar. */
export type InputShape = readonly number[]

/** How far witness generation, proving and so on have come. `fraction` runs from 0 to 1. */
export interface Progress {
  stage: string
  fraction: number
}

/**
 * One circuit: the single place that knows its template, its public signals and how a typed statement and witness become
 * signals. Everything that handles "every circuit" loops over the registry of these.
 */
export interface CircuitDefinition<Name extends string = string, Statement = unknown, Witness = unknown> {
  readonly name: Name
  /** The claim in one English sentence, as it stands above the template. */
  readonly claim: string
  readonly template: string
  /**
   * Set if the circuit's proofs move the state root: the number by which Settlement knows its verifier. Deployed contracts hold
   * it, so it never changes; a new circuit takes the next one, from 0 without gaps.
   */
  readonly settlementKind?: number
  /** Set with it: how many words a batch has, all of which are public (protocol.md#batch-words). */
  wordCount?(profile: ProfileName): number
  /** Proof systems that keys can be made for. Default: Groth16 only. */
  readonly proofSystems?: readonly ProofSystem[]
  /** Bare include path of the template's file, resolved from the folder `circuits/`. */
  readonly source: string
  /** Template arguments for a profile, in order. */
  templateArguments(profile: ProfileName): readonly TemplateArgument[]
  /** Names of the public inputs in the order of the circuit's public signals. There are no outputs. */
  readonly publicSignals: readonly string[]
  /** Shape of every input signal (public ones too) for a profile. */
  inputShapes(profile: ProfileName): Readonly<Record<string, InputShape>>
  /** Names of the statement's fields; each holds a number. They need not be the public signals. */
  readonly statementFields: readonly string[]
  /** The statement of these fields. Throws STATEMENT_INVALID for one that is missing, unknown or outside its range. */
  statementOf(fields: Readonly<Record<string, unknown>>): Statement
  /** The public signals that a proof of the statement carries, in order. Throws STATEMENT_INVALID as `statementOf` does. */
  encodeStatement(statement: Statement): readonly bigint[]
  /** Inverse of `encodeStatement`; same checks. Left out where public signals do not determine the statement. */
  decodeStatement?(signals: readonly bigint[]): Statement
  /** All input signals; pure. */
  buildInput(statement: Statement, witness: Witness, profile: ProfileName): CircuitInput
  /**
   * Why the claim is false of this statement and witness, in a clause that may name private values: it is shown to whoever
   * proves, who has them. Undefined where it is true, or nothing is known. Asked only after a witness was refused.
   */
  refusal?(statement: Statement, witness: Witness): string | undefined
}

/** A circuit of the registry: with what it takes to review, measure and use it besides proving. */
export interface RegisteredCircuit<Name extends string = string, Statement = unknown, Witness = unknown>
  extends CircuitDefinition<Name, Statement, Witness> {
  readonly review: CircuitReview
  /** A statement and a witness that use the circuit as far as its sizes go; the same every time. */
  example(profile: ProfileName, domain?: bigint): { statement: Statement; witness: Witness }
  /**
   * What an input file holds that `zkclear prove` is given. Left out where a job takes more than one document: the command
   * line then has a reader of its own for the circuit. Throws as the formats of the documents do.
   */
  readJob?(document: unknown, profile: ProfileName): Promise<{ statement: Statement; witness: Witness }>
}

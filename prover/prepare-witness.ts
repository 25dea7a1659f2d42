import { wireRange } from '../circom/witness-wires.ts'
import { flattenInput } from '../circuits/input-schema.ts'
import type { CircuitDefinition, CircuitInput, Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { encodeSignals } from '../verifier/signals.ts'
import type { LoadedCircuit } from './loaded-circuit.ts'
import type { WitnessSource } from './witness-source.ts'

/** What a witness is for: a statement, and what is known of it privately. */
export interface Claim {
  readonly statement: unknown
  readonly witness: unknown
}

export interface WitnessOptions {
  readonly signal?: AbortSignal | undefined
  /** Stage `witness`, from 0 to 1. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** The witness of a claim, whose statement it carries. */
export interface PreparedWitness {
  publicSignals: readonly bigint[]
  /** 32 bytes for each wire, little-endian. */
  witness: Uint8Array
  /** Milliseconds, waiting for a free worker included. */
  witnessMs: number
}

/**
 * Calculates the witness of a statement and what is known of it privately. Throws STATEMENT_INVALID, INPUT_INVALID (of the wrong
 * type), WITNESS_FAILED (there is none; the message says why where the model knows), ABORTED.
 */
export async function prepareWitness(
  { definition, profile, program, own }: Pick<LoadedCircuit, 'definition' | 'profile' | 'program' | 'own'>,
  job: Claim,
  source: WitnessSource,
  { signal, onProgress }: WitnessOptions,
): Promise<PreparedWitness> {
  const publicSignals = encodeSignals(definition, job.statement)
  const input = flattenInput(definition, profile, buildInput(definition, job, profile))
  const started = performance.now()
  onProgress?.({ stage: 'witness', fraction: 0 })
  const task = { circuit: definition.name, program, own: 'run' in own ? own : undefined, input }
  const witness = await source.calculate(task, signal).catch((error) => {
    throw withReason(error, definition, job)
  })
  onProgress?.({ stage: 'witness', fraction: 1 })
  const carried = wireRange(witness, 1, 1 + publicSignals.length)
  if (publicSignals.some((signal, index) => signal !== carried[index])) {
    const message = `the input that ${definition.name} builds does not carry the public signals of its statement`
    throw new ZkclearError('INPUT_INVALID', message)
  }
  return { publicSignals, witness, witnessMs: performance.now() - started }
}

/** A witness of the wrong type shows where the definition reads it; what stands there may be private and is not repeated. */
function buildInput(definition: CircuitDefinition, { statement, witness }: Claim, profile: ProfileName): CircuitInput {
  try {
    return definition.buildInput(statement, witness, profile)
  } catch (error) {
    if (error instanceof ZkclearError) throw error
    const kind = error instanceof Error ? error.name : 'an error'
    const message = `is not of the type that ${definition.name} takes: building its input ended with ${kind}`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'witness' })
  }
}

/** A refused witness, with the model's reason for it in place of a line of the circuit, where there is one. */
function withReason(error: unknown, definition: CircuitDefinition, { statement, witness }: Claim): unknown {
  if (!(error instanceof ZkclearError) || error.code !== 'WITNESS_FAILED') return error
  let reason: string | undefined
  try {
    reason = definition.refusal?.(statement, witness)
  } catch {
    // A witness that the model cannot even read: the circuit's own refusal says more.
  }
  if (reason === undefined) return error
  const message = `${definition.name} cannot be proved: ${reason}`
  return new ZkclearError('WITNESS_FAILED', message, { details: { ...error.details, reason }, cause: error })
}

import { type StatementJson, statementToJson } from '../../verifier/statement-json.ts'
import { sha256 } from './digest.ts'
import { encodeInput } from './input.ts'
import type { ServedCircuit } from './served-circuit.ts'

/** Something to prove, as it is written with the journal. */
export interface NewJob {
  /** 32 bytes: who hands in the same statement of the same circuit under the same key gets the same job. */
  readonly id: Buffer
  readonly circuit: string
  readonly profile: string
  readonly circuitDigest: string
  readonly memory: number
  readonly statement: StatementJson
  /** Private. */
  readonly input: Uint8Array
}

/** The job of a statement with its witness. Throws STATEMENT_INVALID, INPUT_INVALID; whether there is a proof is not tried. */
export function newJob(
  circuit: ServedCircuit,
  claim: { readonly statement: unknown; readonly witness: unknown },
): NewJob {
  const { definition, profile } = circuit
  return jobOf(circuit, { statement: claim.statement, input: encodeInput(definition, profile, claim) })
}

/** The job of a statement with its input, as `encodeInput` gives it. */
export function jobOf(
  circuit: ServedCircuit,
  { statement, input }: { readonly statement: unknown; readonly input: Uint8Array },
): NewJob {
  const { definition, profile, digest, memory } = circuit
  const listed = statementToJson(definition, statement)
  const id = jobId(circuit, statement)
  return { id, circuit: definition.name, profile, circuitDigest: digest, memory, statement: listed, input }
}

/** The id of the job that proves a statement. */
export function jobId({ definition, keyDigest }: ServedCircuit, statement: unknown): Buffer {
  return sha256(JSON.stringify(['zkclear job', definition.name, keyDigest, statementToJson(definition, statement)]))
}

import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type CircuitName, PROOF_SYSTEMS, type ProofSystem } from '../circuits/index.ts'
import { requireCircuit } from '../circuits/registry.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { type Groth16Proof, type Proof, publicSignalsFromJson, readProof } from '../verifier/index.ts'
import { parseWith } from '../verifier/json.ts'
import { statementFromJson } from '../verifier/statement-json.ts'
import { named, readJson } from './read-file.ts'

const fileSchema = z.strictObject({
  version: z.literal(1),
  circuit: z.string().max(64),
  profile: z.string().max(64),
  proof: z.unknown(),
  statement: z.unknown(),
})

export interface ProofFiles {
  readonly proof: string
  /** The statement that is expected, in place of the one that comes with the proof. */
  readonly statement?: string | undefined
}

/** What a proof must be of. */
export interface ExpectedProof {
  readonly circuit: CircuitName
  readonly profile: ProfileName
  readonly proofSystem: ProofSystem
}

/**
 * Reads a proof and what it shall prove. The proof is a document as `proofDocument` makes one, or bare, as provers write it; then public.json
 * beside it holds the statement. Throws FILE_UNREADABLE, INPUT_INVALID or STATEMENT_INVALID.
 */
export async function readProofFiles(
  files: ProofFiles,
  expected: ExpectedProof,
): Promise<{ proof: Proof; statement: unknown }> {
  const { circuit, proofSystem } = expected
  const json = await readJson(files.proof, 'proof')
  const bare = isBare(json)
  const statementFile = files.statement ?? (bare ? join(dirname(files.proof), 'public.json') : undefined)
  const { proof, ...beside } = await named(files.proof, () => {
    const document = bare ? { proof: json, statement: undefined } : readDocument(json, expected)
    const proof = readProofOf(proofSystem, document.proof, bare ? 'proof' : 'proof file.proof')
    return statementFile === undefined ? { proof, statement: readStatement(document.statement, circuit) } : { proof }
  })
  if (statementFile === undefined) return { proof, statement: beside.statement }
  const statement = await readJson(statementFile, 'proof')
  return { proof, statement: await named(statementFile, () => readStatement(statement, circuit)) }
}

/** A proof file that says itself what it is of, as `zkclear prove` writes it. */
export interface ProofFile {
  readonly circuit: CircuitName
  readonly profile: ProfileName
  readonly proof: Groth16Proof
  readonly statement: unknown
}

/** Reads a Groth16 proof with what it is of. Throws FILE_UNREADABLE, INPUT_INVALID, STATEMENT_INVALID, CIRCUIT_UNKNOWN, PROFILE_UNKNOWN. */
export async function readProofFile(path: string): Promise<ProofFile> {
  const json = await readJson(path, 'proof')
  return named(path, () => {
    if (isBare(json)) {
      const message = 'is a bare proof, which does not say what it is of; need the file that "zkclear prove" wrote'
      throw new ZkclearError('INPUT_INVALID', message, { path: 'proof file' })
    }
    const file = parseDocument(json)
    const circuit = requireCircuit(file.circuit).name
    const profile = venueShape(file.profile).name as ProfileName
    const proof = readProofOf('groth16', file.proof, 'proof file.proof', 'and contracts take groth16') as Groth16Proof
    return { circuit, profile, proof, statement: readStatement(file.statement, circuit) }
  })
}

/** Whether it is a proof itself and no document with one. */
function isBare(json: unknown): json is object {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, 'protocol')
}

/** Where nothing of a proof is there, no field's error would help: it is another file. */
function parseDocument(json: unknown): z.output<typeof fileSchema> {
  const isOther = !['circuit', 'proof', 'statement'].some((field) => Object.hasOwn(Object(json), field))
  if (!isOther) return parseWith(fileSchema, json, 'INPUT_INVALID', 'proof file')
  throw new ZkclearError('INPUT_INVALID', 'this is none of zkclear; "zkclear prove" writes one', { path: 'proof file' })
}

function readDocument(json: unknown, { circuit, profile }: ExpectedProof): z.output<typeof fileSchema> {
  const file = parseDocument(json)
  for (const [field, wanted] of Object.entries({ circuit, profile })) {
    const given = file[field as 'circuit' | 'profile']
    if (given === wanted) continue
    const message = `is ${JSON.stringify(given)}, but the command line says ${wanted}`
    throw new ZkclearError('INPUT_INVALID', message, { path: `proof file.${field}` })
  }
  return file
}

function readProofOf(system: ProofSystem, json: unknown, path: string, need?: string): Proof {
  const { protocol } = Object(json) as { protocol?: unknown }
  if (protocol !== system && PROOF_SYSTEMS.some((known) => known === protocol)) {
    const said = `but the command line says ${system}; give --proof-system ${protocol}`
    const message = `is "${protocol}", ${need ?? said}`
    throw new ZkclearError('INPUT_INVALID', message, { path: `${path}.protocol` })
  }
  return readProof(system, json)
}

/** A statement: an object with a decimal string or a list of such for each field, or public inputs in order, as provers write them. */
function readStatement(json: unknown, name: CircuitName): unknown {
  const definition: CircuitDefinition = requireCircuit(name) as CircuitDefinition
  if (Array.isArray(json)) {
    if (definition.decodeStatement) return definition.decodeStatement(publicSignalsFromJson(json))
    const message = `is a list of public signals, which do not tell what ${name} states; give its fields by name`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'statement' })
  }
  return statementFromJson(definition, json)
}

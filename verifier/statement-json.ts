import { z } from 'zod'
import type { CircuitDefinition } from '../circuits/types.ts'
import { parseWith, signalSchema, signedSchema } from './json.ts'

/** Longest list in a statement: far beyond any circuit's. */
const MAX_LIST = 4096

const listSchema = z.array(signedSchema).max(MAX_LIST)

/** The fields of a statement, in the circuit's order: a decimal string or a list of such for each. */
export type StatementJson = Readonly<Record<string, string | readonly string[]>>

/** A statement as JSON: the same text for the same statement. */
export function statementToJson({ statementFields }: CircuitDefinition, statement: unknown): StatementJson {
  const text = (value: unknown) => (Array.isArray(value) ? value.map(String) : String(value))
  const fields = statement as Readonly<Record<string, unknown>>
  return Object.fromEntries(statementFields.map((field) => [field, text(fields[field])]))
}

/** The inverse. Throws INPUT_INVALID for what is no such JSON, STATEMENT_INVALID as `statementOf` does. */
export function statementFromJson(definition: CircuitDefinition, json: unknown): unknown {
  // Which fields are lists, `statementOf` knows.
  const schemaOf = (field: string) => (Array.isArray(Object(json)[field]) ? listSchema : signalSchema)
  const fields = Object.fromEntries(definition.statementFields.map((field) => [field, schemaOf(field)]))
  return definition.statementOf(parseWith(z.strictObject(fields), json, 'INPUT_INVALID', 'statement'))
}

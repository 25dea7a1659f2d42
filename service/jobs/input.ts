import { FIELD_BYTES, flattenInput } from '../../circuits/input-schema.ts'
import type { CircuitDefinition, CircuitInput, InputShape, InputValue } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { ProfileName } from '../../protocol/shape.ts'

/**
 * The input of a circuit as workers get it: the values of all its signals in the circuit's order, 32 bytes each, little-endian.
 * Private. Throws INPUT_INVALID, STATEMENT_INVALID.
 */
export function encodeInput<Statement, Witness>(
  definition: CircuitDefinition<string, Statement, Witness>,
  profile: ProfileName,
  { statement, witness }: { readonly statement: Statement; readonly witness: Witness },
): Uint8Array<ArrayBuffer> {
  const { values } = flattenInput(definition, profile, definition.buildInput(statement, witness, profile))
  return new Uint8Array(values)
}

/** The inverse. Throws INPUT_INVALID for bytes of another circuit's length. */
export function decodeInput(definition: CircuitDefinition, profile: ProfileName, bytes: Uint8Array): CircuitInput {
  const shapes = Object.entries(definition.inputShapes(profile))
  const count = shapes.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0)
  if (bytes.length !== count * FIELD_BYTES) {
    const message = `has ${bytes.length} bytes; that of ${definition.name} (${profile}) has ${count * FIELD_BYTES}`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'input' })
  }
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 0
  const number = () => {
    let value = 0n
    for (let word = 0; word < 4; word++, offset += 8) value |= words.getBigUint64(offset, true) << BigInt(64 * word)
    return value
  }
  const read = ([length, ...inner]: InputShape): InputValue =>
    length === undefined ? number() : Array.from({ length }, () => read(inner))
  return Object.fromEntries(shapes.map(([name, shape]) => [name, read(shape)]))
}

/** A circuit that takes its whole input for its witness: what proves jobs, whose inputs are complete. */
export function withWholeInput({ refusal: _, ...definition }: CircuitDefinition): CircuitDefinition {
  return { ...definition, buildInput: (_statement, input) => input as CircuitInput }
}

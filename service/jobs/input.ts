import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { FIELD_BYTES, flattenInput } from '../../circuits/input-schema.ts'
import type { CircuitDefinition, CircuitInput, InputShape, InputValue } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { ProfileName } from '../../protocol/shape.ts'

/** Lengths of inputs are multiples of it: a finer one would tell whoever sees them sealed more of what is in them. */
const STEP = 16 << 10
/** Before what is compressed: how many bytes it has, little-endian. */
const LENGTH_BYTES = 4

/**
 * The input of a circuit as workers get it: the values of all its signals in the circuit's order, 32 bytes each, little-endian, compressed
 * (Zstandard, RFC 8878) behind its length, with zeros up to a multiple of 16 KiB; or as they are, where that is no longer. Private.
 * Throws INPUT_INVALID, STATEMENT_INVALID.
 */
export function encodeInput<Statement, Witness>(
  definition: CircuitDefinition<string, Statement, Witness>,
  profile: ProfileName,
  { statement, witness }: { readonly statement: Statement; readonly witness: Witness },
): Uint8Array<ArrayBuffer> {
  const { values } = flattenInput(definition, profile, definition.buildInput(statement, witness, profile))
  return packed(new Uint8Array(values))
}

/** Inputs of most circuits are mostly zeros, and what fills rows that are not used. */
function packed(values: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const compressed = zstdCompressSync(values)
  const length = STEP * Math.ceil((LENGTH_BYTES + compressed.length) / STEP)
  if (length >= values.length) return values
  const bytes = new Uint8Array(length)
  new DataView(bytes.buffer).setUint32(0, compressed.length, true)
  bytes.set(compressed, LENGTH_BYTES)
  return bytes
}

/** The values, `length` bytes of them; undefined for what is no such input. Throws what is no fault of the bytes, as where there is no memory. */
function unpacked(bytes: Uint8Array, length: number): Uint8Array | undefined {
  if (bytes.length === length) return bytes
  if (bytes.length > length || bytes.length < LENGTH_BYTES) return undefined
  const end = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  if (end > bytes.length) return undefined
  try {
    const values = zstdDecompressSync(bytes.subarray(LENGTH_BYTES, end), { maxOutputLength: length })
    return values.length === length ? values : undefined
  } catch (error) {
    if (isOfBytes(error as NodeJS.ErrnoException)) return undefined
    throw error
  }
}

/** Whether zlib says that the bytes are no frame, an unfinished one, or one of more bytes than it may have. */
function isOfBytes({ code = '' }: NodeJS.ErrnoException): boolean {
  if (code === 'ZSTD_error_memory_allocation') return false
  return code.startsWith('ZSTD_error_') || code === 'Z_BUF_ERROR' || code === 'ERR_BUFFER_TOO_LARGE'
}

/** The inverse. Throws INPUT_INVALID for bytes that are no input of the circuit. */
export function decodeInput(definition: CircuitDefinition, profile: ProfileName, given: Uint8Array): CircuitInput {
  const shapes = Object.entries(definition.inputShapes(profile))
  const count = shapes.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0)
  const bytes = unpacked(given, count * FIELD_BYTES)
  if (bytes === undefined) {
    const message = `are ${given.length} bytes that do not come to the ${count * FIELD_BYTES} of ${definition.name} (${profile})`
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

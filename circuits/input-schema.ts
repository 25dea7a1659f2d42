import { ZkclearError } from '../protocol/errors.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { ProfileName } from '../protocol/shape.ts'
import type { CircuitDefinition, CircuitInput, InputShape, InputValue } from './types.ts'

/** The part of a circuit definition that says what its input looks like. */
export type InputCircuit = Pick<CircuitDefinition, 'inputShapes'>

/** A circuit input as the witness workers take it: one buffer that is handed over, not copied. */
export interface FlatInput {
  readonly signals: readonly { name: string; size: number }[]
  /** The values of all signals in order, arrays row by row; 32 bytes each, little-endian. */
  readonly values: ArrayBuffer
}

/** JSON of a circuit input: decimal strings in place of bigints. */
export type InputJson = string | readonly InputJson[]

export const FIELD_BYTES = 32
const LONGEST_DECIMAL = FIELD.toString().length

/**
 * Checks a circuit input against the circuit and flattens it: exactly the circuit's signals, each of exactly its shape, every
 * element a bigint in [0, r). Throws INPUT_INVALID with the path of the first bad field; never with a value, which may be
 * private.
 */
export function flattenInput(circuit: InputCircuit, profile: ProfileName, input: CircuitInput): FlatInput {
  const shapes = Object.entries(circuit.inputShapes(profile))
  checkNames(shapes, input)
  const signals = shapes.map(([name, shape]) => ({ name, size: shape.reduce((a, b) => a * b, 1) }))
  const total = signals.reduce((sum, { size }) => sum + size, 0)
  const values = new ArrayBuffer(total * FIELD_BYTES)
  const view = new DataView(values)
  let offset = 0
  for (const [name, shape] of shapes) {
    visit(input[name], shape, `input.${name}`, (value) => {
      if (typeof value !== 'bigint') return 'must be a bigint'
      if (value < 0n || value >= FIELD) return 'must be a field element, 0 <= x < r'
      view.setBigUint64(offset, value, true)
      // Most are short, and the rest of them is 0 already.
      for (let word = 1, rest = value >> 64n; rest > 0n; word++, rest >>= 64n)
        view.setBigUint64(offset + 8 * word, rest, true)
      offset += FIELD_BYTES
      return undefined
    })
  }
  return { signals, values }
}

/** Reads a circuit input from JSON: canonical decimal strings, checked as `flattenInput` does. Throws INPUT_INVALID. */
export function inputFromJson(circuit: InputCircuit, profile: ProfileName, json: unknown): CircuitInput {
  const shapes = Object.entries(circuit.inputShapes(profile))
  checkNames(shapes, json)
  const parsed = shapes.map(([name, shape]) => [name, parse(json[name], shape, `input.${name}`)] as const)
  return Object.fromEntries(parsed)
}

/** The inverse of `inputFromJson`. The result holds private values: mind where it is written. */
export function inputToJson(input: CircuitInput): Record<string, InputJson> {
  const text = (value: InputValue): InputJson => (typeof value === 'bigint' ? value.toString() : value.map(text))
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, text(value)]))
}

function parse(value: unknown, shape: InputShape, path: string): InputValue {
  if (shape.length > 0) {
    checkLength(value, shape[0]!, path)
    return value.map((element, index) => parse(element, shape.slice(1), `${path}[${index}]`))
  }
  if (typeof value !== 'string' || value.length > LONGEST_DECIMAL || !/^(0|[1-9][0-9]*)$/.test(value)) {
    return invalid(path, 'must be a decimal string without sign or leading zeros')
  }
  const number = BigInt(value)
  return number < FIELD ? number : invalid(path, 'must be a field element, 0 <= x < r')
}

/** Gives every element to `take`, row by row. Throws INPUT_INVALID with the path of the first one that it refuses, and why it does. */
function visit(value: unknown, shape: InputShape, path: string, take: (element: unknown) => string | undefined): void {
  const [length, ...inner] = shape
  const each = (element: unknown, name: () => string) => {
    const why = take(element)
    if (why !== undefined) invalid(name(), why)
  }
  if (length === undefined) {
    each(value, () => path)
    return
  }
  checkLength(value, length, path)
  // The paths of some ten thousand elements would take longer than the elements.
  for (let i = 0; i < length; i++) {
    if (inner.length === 0) each(value[i], () => `${path}[${i}]`)
    else visit(value[i], inner, `${path}[${i}]`, take)
  }
}

function checkNames(
  shapes: readonly (readonly [string, InputShape])[],
  input: unknown,
): asserts input is Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return invalid('input', 'must be an object with one field for each input signal')
  }
  for (const [name] of shapes) {
    if (!Object.hasOwn(input, name)) invalid(`input.${name}`, 'is missing')
  }
  const known = new Set(shapes.map(([name]) => name))
  const unknown = Object.keys(input).find((name) => !known.has(name))
  if (unknown !== undefined) invalid(`input.${unknown.slice(0, 64)}`, 'is not an input of the circuit')
}

function checkLength(value: unknown, length: number, path: string): asserts value is unknown[] {
  if (!Array.isArray(value)) return invalid(path, `must be an array of ${length} elements`)
  if (value.length !== length) invalid(path, `must have ${length} elements, not ${value.length}`)
}

function invalid(path: string, message: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path })
}

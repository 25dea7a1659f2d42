import { type FlatInput, flattenInput } from '../circuits/input-schema.ts'
import type { CircuitInput, InputShape, InputValue } from '../circuits/types.ts'

/** An input as the witness calculators take it, its shapes read off its values. Throws INPUT_INVALID as `flattenInput`. */
export function flattenAsGiven(input: CircuitInput): FlatInput {
  const shapes = Object.fromEntries(Object.entries(input).map(([name, value]) => [name, shapeOf(value)]))
  return flattenInput({ inputShapes: () => shapes }, 'small', input)
}

function shapeOf(value: InputValue): InputShape {
  return Array.isArray(value) ? [value.length, ...(value.length > 0 ? shapeOf(value[0]) : [])] : []
}

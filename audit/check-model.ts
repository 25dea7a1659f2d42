import { ZkclearError } from '../protocol/errors.ts'
import { FIELD } from '../protocol/numbers.ts'
import type { BoundaryModel } from './boundary-model.ts'

/** Most field elements that a model may declare. */
const MOST_ELEMENTS = 100_000

/** A value from outside as a model. Throws INPUT_INVALID with the path of what is wrong with it. */
export function checkModel(value: unknown): BoundaryModel {
  if (!isRecord(value)) return invalid('model', 'must be an object; a model file exports it as its default')
  if (!isRecord(value.inputs)) return invalid('model.inputs', 'must name every input signal with its width')
  for (const [name, declared] of Object.entries(value.inputs)) checkInput(declared, `model.inputs.${name}`)
  const sizes = Object.values(value.inputs as BoundaryModel['inputs']).map(({ shape = [] }) => shape)
  const elements = sizes.reduce((sum, shape) => sum + shape.reduce((product, length) => product * length, 1), 0)
  if (elements < 1 || elements > MOST_ELEMENTS) {
    invalid('model.inputs', `has ${elements} field elements; allowed are 1 to ${MOST_ELEMENTS}`)
  }
  if (typeof value.legal !== 'function') invalid('model.legal', 'must be a function of the inputs')
  for (const name of ['derive', 'outputs']) {
    if (!['undefined', 'function'].includes(typeof value[name])) invalid(`model.${name}`, 'must be a function')
  }
  const cases = value.cases ?? []
  if (!Array.isArray(cases)) invalid('model.cases', 'must be a list of inputs')
  return value as unknown as BoundaryModel
}

function checkInput(declared: unknown, path: string): void {
  if (!isRecord(declared)) invalid(path, 'must be { bits } or { low, high }')
  const { bits, low, high, shape = [], values = [] } = declared
  if (bits === undefined) {
    if (typeof low !== 'bigint' || typeof high !== 'bigint')
      invalid(path, 'must be { bits } or { low, high } as bigints')
    const fits = low < high && low >= -(FIELD - 1n) / 2n && high <= (low < 0n ? (FIELD + 1n) / 2n : FIELD)
    if (!fits) invalid(path, 'must have low < high, both in the field; signed ones within half of it')
  } else {
    if (low !== undefined || high !== undefined) invalid(path, 'has bits and bounds; give one of the two')
    const most = declared.signed ? 252 : 253
    if (!Number.isInteger(bits) || (bits as number) < 1 || (bits as number) > most) {
      invalid(`${path}.bits`, `must be a whole number from 1 to ${most}`)
    }
  }
  const isLength = (length: unknown) => Number.isInteger(length) && (length as number) > 0
  if (!Array.isArray(shape) || !shape.every(isLength)) invalid(`${path}.shape`, 'must list positive lengths')
  if (!Array.isArray(values) || !values.every((one) => typeof one === 'bigint')) {
    invalid(`${path}.values`, 'must be a list of bigints')
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(path: string, message: string): never {
  throw new ZkclearError('INPUT_INVALID', message, { path })
}

import { ZkclearError } from './errors.ts'

/** r: the order of the scalar field of BN254, in which circuits compute. */
export const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

/** The field element of an integer: negative x is r - |x|. Throws INPUT_INVALID unless -(r-1)/2 <= x < r. */
export function toField(x: bigint): bigint {
  if (x >= 0n && x < FIELD) return x
  if (x < 0n && x >= LEAST) return FIELD + x
  throw new ZkclearError('INPUT_INVALID', 'integer outside the range of the field')
}

const LEAST = -(FIELD - 1n) / 2n

/** The signed integer of a canonical field element: x above (r-1)/2 stands for x - r. */
export function fromField(x: bigint): bigint {
  return x > (FIELD - 1n) / 2n ? x - FIELD : x
}

/** Throws INPUT_INVALID unless x is a canonical field element, 0 <= x < r. Returns x. */
export function assertCanonical(x: bigint, path: string): bigint {
  if (!isBigint(x) || x < 0n || x >= FIELD) {
    throw new ZkclearError('INPUT_INVALID', 'must be a field element, 0 <= x < r', { path })
  }
  return x
}

/** What is compared with bigints need not be one: '5' and null are in [0, r) by these operators, undefined is not out of it. */
function isBigint(x: unknown): x is bigint {
  return typeof x === 'bigint'
}

export function isUint(x: bigint, bits: number): boolean {
  return isBigint(x) && x >= 0n && x < powerOfTwo(bits)
}

/** Whether |x| < 2^bits. */
export function isInt(x: bigint, bits: number): boolean {
  return isBigint(x) && x > -powerOfTwo(bits) && x < powerOfTwo(bits)
}

const POWERS: bigint[] = []

/** Remembered: every field of every message is compared with one, again and again. */
function powerOfTwo(bits: number): bigint {
  POWERS[bits] ??= 1n << BigInt(bits)
  return POWERS[bits]
}

/** Throws INPUT_INVALID unless 0 <= x < 2^bits. Returns x. */
export function assertUint(x: bigint, bits: number, path: string): bigint {
  if (!isUint(x, bits)) throw new ZkclearError('INPUT_INVALID', `must be in [0, 2^${bits})`, { path })
  return x
}

/** Throws INPUT_INVALID unless |x| < 2^bits. Returns x. */
export function assertInt(x: bigint, bits: number, path: string): bigint {
  if (!isInt(x, bits)) throw new ZkclearError('INPUT_INVALID', `must be in (-2^${bits}, 2^${bits})`, { path })
  return x
}

/** ceil(a * b / divisor) for a, b >= 0, divisor > 0: what is owed to the venue is rounded up (protocol.md#rounding). */
export function mulDivUp(a: bigint, b: bigint, divisor: bigint): bigint {
  return (a * b + divisor - 1n) / divisor
}

/** floor(a * b / divisor) for a, b >= 0, divisor > 0. */
export function mulDivDown(a: bigint, b: bigint, divisor: bigint): bigint {
  return (a * b) / divisor
}

export function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

import type { Affine } from '../affine.ts'

/**
 * One step of a witness program. Numbers stand for values: wires of the circuit as it is written, and from its last wire on
 * values that only the program has. Forms are over values that earlier steps gave.
 */
export type Instruction =
  | { readonly kind: 'sum'; readonly to: number; readonly form: Affine }
  /** factor * a * b + rest */
  | {
      readonly kind: 'product'
      readonly to: number
      readonly factor: bigint
      readonly a: Affine
      readonly b: Affine
      readonly rest: Affine
    }
  /**
   * numerator / divisor. Where the divisor is 0 the numerator must be 0 too, and the quotient `free`: read by nothing else.
   * It is 0 then, as circom has it.
   */
  | {
      readonly kind: 'quotient'
      readonly to: number
      readonly numerator: Affine
      readonly divisor: Affine
      readonly isFree: boolean
    }
  /** The bits of a value, lowest first; it has no others. NOWHERE is the place of a bit that must be 0. */
  | { readonly kind: 'bits'; readonly value: Affine; readonly to: readonly number[] }
  | {
      readonly kind: 'zero-test'
      readonly to: number
      readonly tested: Affine
      readonly ifZero: bigint
      readonly otherwise: bigint
    }
  /** 1 for the wire whose place it is, if count is 1; else 0. */
  | {
      readonly kind: 'one-hot'
      readonly count: Affine
      readonly place: Affine
      readonly to: readonly number[]
      readonly places: readonly bigint[]
    }
  /** Euclid's division of canonical values; 0 and 0 where the divisor is 0. */
  | {
      readonly kind: 'division'
      readonly quotient: number
      readonly remainder: number
      readonly dividend: Affine
      readonly divisor: Affine
    }
  /** unit or -unit for each bit, lowest first, of the integer number + offset, which may exceed the field. */
  | {
      readonly kind: 'signed-digits'
      readonly unit: Affine
      readonly number: Affine
      readonly offset: bigint
      readonly to: readonly number[]
    }
  /** floor(sqrt(value / divisor)) of a canonical value. */
  | { readonly kind: 'root'; readonly to: number; readonly value: Affine; readonly divisor: bigint }
  /** The least k with value * 2^k >= 2^top, of the integer that is the canonical value; top if it is 0. */
  | { readonly kind: 'places'; readonly to: number; readonly value: Affine; readonly top: number }
  /** 1 for a canonical value above r / 2, else 0. */
  | { readonly kind: 'sign'; readonly to: number; readonly value: Affine }
  | { readonly kind: 'check-sum'; readonly form: Affine }
  | { readonly kind: 'check-product'; readonly a: Affine; readonly b: Affine; readonly c: Affine }
  | { readonly kind: 'check-bit'; readonly wire: number }

/** In place of a wire: nothing is written. */
export const NOWHERE = 0xffffffff

/** The values that a step writes. */
export function written(step: Instruction): readonly number[] {
  switch (step.kind) {
    case 'bits':
    case 'one-hot':
    case 'signed-digits':
      return step.to.filter((wire) => wire !== NOWHERE)
    case 'division':
      return [step.quotient, step.remainder].filter((wire) => wire !== NOWHERE)
    case 'check-sum':
    case 'check-product':
    case 'check-bit':
      return []
    default:
      return [step.to]
  }
}

/** The forms that a step reads. */
export function read(step: Instruction): readonly Affine[] {
  switch (step.kind) {
    case 'sum':
    case 'check-sum':
      return [step.form]
    case 'product':
      return [step.a, step.b, step.rest]
    case 'quotient':
      return [step.numerator, step.divisor]
    case 'bits':
    case 'root':
    case 'places':
    case 'sign':
      return [step.value]
    case 'zero-test':
      return [step.tested]
    case 'one-hot':
      return [step.count, step.place]
    case 'division':
      return [step.dividend, step.divisor]
    case 'signed-digits':
      return [step.unit, step.number]
    case 'check-product':
      return [step.a, step.b, step.c]
    case 'check-bit':
      return [{ constant: 0n, wires: [step.wire], coefficients: [1n] }]
  }
}

/** Whether a step may end the run: then it is kept, whether what it writes is needed or not. */
export function mayFail({ kind }: Instruction): boolean {
  return kind === 'quotient' || kind === 'bits' || kind.startsWith('check-')
}

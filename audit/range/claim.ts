import { type Affine, signed } from '../../circom/affine.ts'
import type { Expression, Gadget } from './gadgets.ts'
import type { Integers } from './integers.ts'

/** A value for each wire, canonical. */
export type Values = (wire: number) => bigint

/** The sum of the gadget's bits. */
export function sumOfBits({ bits }: Gadget, value: Values): bigint {
  return bits.reduce((sum, bit, place) => sum + (value(bit) << BigInt(place)), 0n)
}

/** The expression as an integer: each wire stands for the integer that the constraints make of it, or for its canonical value. */
export function integerOf({ form, product }: Expression, integers: Integers, value: Values): bigint {
  const sum = (one: Affine) =>
    one.wires.reduce(
      (total, wire, at) => total + signed(one.coefficients[at]!) * integers.integer(wire, value(wire)),
      signed(one.constant),
    )
  return sum(form) + (product === undefined ? 0n : product.factor * sum(product.a) * sum(product.b))
}

/** Whether what the gadget says of its expression is false of the integer, given the number that its bits make. */
export function isFalseClaim({ kind, bits }: Gadget, integer: bigint, number: bigint): boolean {
  const half = 1n << BigInt(bits.length - 1)
  if (kind === 'comparison') return number >= half !== integer >= half
  return integer < 0n || integer >= 2n * half
}

import { SUBGROUP_ORDER } from '../../protocol/crypto/baby-jubjub.ts'
import { factorsOfTwo, type Multiples, mayHoldMultipleOf, type Progression } from './multiples.ts'

/**
 * Orders that a point of Baby Jubjub may have, as a set of bits: bit j + 4 e stands for 2^j l^e, with l the prime order of
 * the subgroup. The curve has 8 l points, one of them of order 2, so that its group is cyclic, and j <= 3, e <= 1 are all.
 */
export type Orders = number

export const ANY_ORDER: Orders = 0xff
/** That of the neutral element, (0, 1). */
export const ORDER_1: Orders = 1 << 0
/** That of (0, -1). */
export const ORDER_2: Orders = 1 << 1
/** That of keys. */
export const PRIME_ORDER: Orders = 1 << 4

const PARTS = [0, 1, 2, 3].flatMap((twos) => [0, 1].map((primes) => ({ twos, primes, bit: 1 << (twos + 4 * primes) })))

/** The orders that c B may have, for c among the multiples and B of one of the orders. */
export function ordersOfMultiples(orders: Orders, multiples: Multiples, prime = SUBGROUP_ORDER): Orders {
  let found = 0
  for (const { twos, primes, bit } of PARTS) {
    if ((orders & bit) === 0) continue
    for (const progression of multiples) {
      for (const left of primesLeft(progression, primes, prime)) {
        for (const rest of twosLeft(progression, twos)) found |= 1 << (rest + 4 * left)
      }
    }
  }
  return found
}

function primesLeft(progression: Progression, primes: number, prime: bigint): number[] {
  if (primes === 0) return [0]
  if (!mayHoldMultipleOf(progression, prime)) return [1]
  return progression.step === 0n ? [0] : [0, 1]
}

function twosLeft(progression: Progression, twos: number): number[] {
  const { least, isExact } = factorsOfTwo(progression)
  const most = Math.max(0, twos - least)
  return isExact ? [most] : Array.from({ length: most + 1 }, (_, i) => i)
}

/** Whether c B is never the neutral element, for c among the multiples and B of one of the orders. */
export function isNeverNeutral(orders: Orders, multiples: Multiples, prime = SUBGROUP_ORDER): boolean {
  return PARTS.every(
    ({ twos, primes, bit }) =>
      (orders & bit) === 0 ||
      multiples.every((progression) => {
        const { least, isExact } = factorsOfTwo(progression)
        return (isExact && least < twos) || (primes === 1 && !mayHoldMultipleOf(progression, prime))
      }),
  )
}

/** The orders of a set, as sets of one. */
export function eachOrder(orders: Orders): Orders[] {
  return PARTS.map(({ bit }) => bit).filter((bit) => (orders & bit) !== 0)
}

/** The orders that P + Q may have, for P and Q of given orders: divisors of what both divide, and of no more. */
export function ordersOfSum(left: Orders, right: Orders): Orders {
  let found = 0
  for (const p of PARTS) {
    for (const q of PARTS) {
      if ((left & p.bit) === 0 || (right & q.bit) === 0) continue
      // Parts that differ do not cancel; parts that are equal may.
      const twos = p.twos === q.twos ? upTo(p.twos) : [Math.max(p.twos, q.twos)]
      const primes = p.primes === q.primes ? upTo(p.primes) : [1]
      for (const two of twos) for (const one of primes) found |= 1 << (two + 4 * one)
    }
  }
  return found
}

function upTo(most: number): number[] {
  return Array.from({ length: most + 1 }, (_, i) => i)
}

import { FIELD } from '../numbers.ts'
import { SUBGROUP_ORDER } from './baby-jubjub.ts'

/**
 * How circuits multiply a key by a challenge h (protocol.md#signature-circuit): by digits of 1 and -1, which spell h + OFFSET
 * in binary if -1 stands for 0. From 3 times the key, each doubles and adds or subtracts the key, and so do two more, 1 and
 * -1: that comes to 8 h + 93 l times the key, where l is the subgroup's order.
 */
export const CHALLENGE_DIGITS = 254
export const CHALLENGE_OFFSET = (93n * SUBGROUP_ORDER - 2n ** 257n - 5n) / 8n

/** Only the highest digits are compared with the ends of [OFFSET, OFFSET + r). */
export const CHALLENGE_TOP_DIGITS = 64
const BELOW = BigInt(CHALLENGE_DIGITS - CHALLENGE_TOP_DIGITS)

/** What the highest digits may spell, at least and at most: nothing beyond the ends fits, and all but 2^-62 of what is within. */
export const LEAST_TOP = (CHALLENGE_OFFSET >> BELOW) + 1n
export const MOST_TOP = ((CHALLENGE_OFFSET + FIELD) >> BELOW) - 1n

/** The digits after which the multiple may be a multiple of l: before that it is below 2^250 < l. */
const FIRST_EXCEPTION = 249

/**
 * Whether the circuit can multiply by this challenge: its highest digits are clear of the ends, and no multiple on the way is
 * the neutral element, for which the formulas have no result. Nobody can find one for which this is false.
 */
export function isProvableChallenge(h: bigint): boolean {
  const number = h + CHALLENGE_OFFSET
  const top = number >> BELOW
  if (top < LEAST_TOP || top > MOST_TOP) return false
  for (let digits = FIRST_EXCEPTION; digits <= CHALLENGE_DIGITS; digits++) {
    if (multipleAfter(number, digits) % SUBGROUP_ORDER === 0n) return false
  }
  const last = multipleAfter(number, CHALLENGE_DIGITS)
  return (2n * last + 1n) % SUBGROUP_ORDER !== 0n && (4n * last + 1n) % SUBGROUP_ORDER !== 0n
}

/** The multiple of the key after the highest digits of a number. */
function multipleAfter(number: bigint, digits: number): bigint {
  return 2n ** BigInt(digits + 1) + 2n * (number >> BigInt(CHALLENGE_DIGITS - digits)) + 1n
}

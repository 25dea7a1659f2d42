/**
 * The code of a witness program: 32-bit words. Each step begins with a word that is the operation, and from bit 8 on a count n,
 * which is 0 where none is named.
 * Values in slots are plain field elements. A slot is named by its number, a constant by its place in the table.
 *
 * A form is: 1. how many slots are added (16 bits) and, above, subtracted; 2. twice the number of slots that are scaled, plus 1 if
 * there is a constant; then the constant, the slots added, those subtracted, and for each one scaled the slot and a constant
 * that is the factor times 2^256.
 *
 * The prover's addon runs it (prover/native/src/witness-program.hpp); the tests' interpreter says what it means.
 */
export const OPERATION = {
  /** to, form */
  sum: 1,
  /** to, factor times 2^512, a, b, rest */
  product: 2,
  /** n times: to, 1 if it is free, numerator, divisor */
  quotients: 3,
  /** value, n times: to */
  bits: 4,
  /** to, tested, constant if zero, constant otherwise */
  zeroTest: 5,
  /** count, place, n times: to, constant */
  oneHot: 6,
  /** quotient, remainder, dividend, divisor */
  division: 7,
  /** unit, number, offset, n times: to */
  signedDigits: 8,
  /** form */
  checkSum: 9,
  /** a, b, c */
  checkProduct: 10,
  /** slot */
  checkBit: 11,
  /** to, value, constant divisor */
  root: 12,
  /** n is the top, below 254: to, value */
  places: 13,
  /** to, value */
  sign: 14,
} as const

/** Most slots of a kind in one form. */
export const MOST_TERMS = 0xffff

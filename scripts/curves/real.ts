/** Real functions as integers: the number x stands for x / 2^PRECISION. Each is right to far more than the curves keep. */
export const PRECISION = 320n
const UNIT = 1n << PRECISION

/** floor(sqrt(n)) for n >= 1. */
function integerRoot(n: bigint): bigint {
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + n / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** sqrt(n) of a whole number. */
export function squareRootOf(n: bigint): bigint {
  return integerRoot(n << (2n * PRECISION))
}

/** ln x = 2 artanh(z) = 2 (z + z^3/3 + z^5/5 + ...), z = (x - 1) / (x + 1); for x in [1, 2]. */
export function naturalLogarithm(x: bigint): bigint {
  const z = ((x - UNIT) * UNIT) / (x + UNIT)
  const square = (z * z) >> PRECISION
  let sum = 0n
  for (let power = z, odd = 1n; power > 0n; power = (power * square) >> PRECISION, odd += 2n) sum += power / odd
  return 2n * sum
}

/** arctan(1 / n), for Machin's pi. */
function arctanOfInverse(n: bigint): bigint {
  let sum = 0n
  for (let power = UNIT / n, odd = 1n; power > 0n; power /= n * n, odd += 2n) {
    sum += odd % 4n === 1n ? power / odd : -power / odd
  }
  return sum
}

const PI = 4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n))
const ROOT_OF_TWO_PI = integerRoot((2n * PI) << PRECISION)

/** e^-x for x >= 0: e^-(x / 2^16) by its series, squared 16 times. */
function exponentialOfMinus(x: bigint): bigint {
  const small = x >> 16n
  let sum = 0n
  for (let term = UNIT, k = 1n; term > 0n; term = (term * small) / (k * UNIT), k++) sum += k % 2n === 1n ? term : -term
  for (let i = 0; i < 16; i++) sum = (sum * sum) >> PRECISION
  return sum
}

/**
 * The chance that a standard normal deviate is above u, for u >= 0: 1/2 less the density at u times
 * u + u^3/3 + u^5/(3 * 5) + u^7/(3 * 5 * 7) + ..., whose terms are all positive.
 */
export function normalTail(u: bigint): bigint {
  const square = (u * u) >> PRECISION
  const density = (exponentialOfMinus(square >> 1n) << PRECISION) / ROOT_OF_TWO_PI
  let sum = 0n
  for (let term = u, odd = 3n; term > 0n; term = (term * square) / (odd * UNIT), odd += 2n) sum += term
  return (UNIT >> 1n) - ((density * sum) >> PRECISION)
}
